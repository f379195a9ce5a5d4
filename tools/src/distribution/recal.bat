@echo off
rem recal: runs Recal from the jars in lib. The environment variables are those of bin/recal, which has the comments:
rem   RECAL_DEVICE, RECAL_JAVA_OPTS, RECAL_CLASS_PATH (joined by semicolons), RECAL_CDS, RECAL_DEBUG, RECAL_CACHE
setlocal

for %%d in ("%~dp0..") do set "home=%%~fd"

set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if not defined TF_CPP_MIN_LOG_LEVEL set "TF_CPP_MIN_LOG_LEVEL=2"

set "classes=%home%\lib\*"
if defined RECAL_CLASS_PATH set "classes=%classes%;%RECAL_CLASS_PATH%"

rem The JVM of another JDK refuses the archive and runs without it.
set "archive="
set "name=recal"
for %%c in (train resume evaluate export predict explain serve) do if "%~1"=="%%c" set "name=%%c"
if "%RECAL_CDS%"=="0" goto run
if exist "%home%\lib\%name%.jsa" (
  set "archive=-XX:SharedArchiveFile=%home%\lib\%name%.jsa"
) else (
  if not defined RECAL_JAVA_OPTS if not defined RECAL_CLASS_PATH set "archive=-XX:ArchiveClassesAtExit=%home%\lib\%name%.jsa"
)

:run
if defined archive (
  "%java%" "%archive%" "-Xlog:cds*=off" -Xshare:auto -Djava.awt.headless=true -Dorg.bytedeco.javacpp.maxphysicalbytes=0 "-Drecal.home=%home%" -Drecal.command=recal %RECAL_JAVA_OPTS% -cp "%classes%" dev.recal.tools.Main %*
) else (
  "%java%" -Xshare:auto -Djava.awt.headless=true -Dorg.bytedeco.javacpp.maxphysicalbytes=0 "-Drecal.home=%home%" -Drecal.command=recal %RECAL_JAVA_OPTS% -cp "%classes%" dev.recal.tools.Main %*
)
exit /b %errorlevel%
