@echo off
rem recal: runs Recal from the jars in lib. The environment variables are those of bin/recal, which has the comments:
rem   RECAL_DEVICE, RECAL_JAVA_OPTS, RECAL_CLASS_PATH (joined by semicolons), RECAL_CDS, RECAL_DEBUG, RECAL_CACHE
rem Jumps instead of blocks in parentheses: a parenthesis in an argument or a path would end such a block.
setlocal EnableExtensions DisableDelayedExpansion

for %%d in ("%~dp0..") do set "home=%%~fd"

set "java="
if defined JAVA_HOME goto java_home
for %%j in (java.exe) do set "java=%%~$PATH:j"
if defined java goto java_version
echo recal: there is no java on the PATH; install a JDK 17 or newer, or set JAVA_HOME.>&2
exit /b 1

:java_home
set "java=%JAVA_HOME:"=%\bin\java.exe"
if exist "%java%" goto java_version
echo recal: expected "%java%", because JAVA_HOME names this directory, but got no such file; set it to a JDK 17 or newer.>&2
exit /b 1

rem The JDK says which one it is in a file; otherwise it has to be started.
:java_version
set "version="
for %%h in ("%java%\..\..") do set "release=%%~fh\release"
if exist "%release%" for /f "tokens=1,2 delims==" %%k in ('type "%release%"') do if "%%k"=="JAVA_VERSION" set "version=%%~l"
if not defined version for /f "tokens=2,3" %%k in ('""%java%" -version 2^>^&1"') do if "%%k"=="version" set "version=%%~l"
rem Nothing known: the JVM itself refuses classes that are too new for it.
set "major=17"
for /f "delims=.-+_" %%m in ("%version%") do set "major=%%m"
if %major% geq 17 goto options
echo recal: expected Java 17 or newer, but got version "%version%" of "%java%"; set JAVA_HOME to a JDK 17 or newer.>&2
exit /b 1

:options
rem JVMs before 22 do not know the option; from 24 on they warn without it.
set "native="
if %major% geq 22 set "native=--enable-native-access=ALL-UNNAMED"

rem Commands that end soon: the compiler and the collector for that. Other options may contradict them.
set "short="
if defined RECAL_JAVA_OPTS goto classes
if defined JAVA_TOOL_OPTIONS goto classes
if defined JDK_JAVA_OPTIONS goto classes
set "quick=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
if "%~1"=="" set "short=%quick%"
if "%~2"=="--help" set "short=%quick%"
for %%c in (--help -h --version -V predict verify inspect networks recipe recipes help completion doctor) do if "%~1"=="%%c" set "short=%quick%"

:classes
set "classes=%home%\lib\*"
if defined RECAL_CLASS_PATH set "classes=%classes%;%RECAL_CLASS_PATH%"

rem The archive of classes, beside the jars or, where that is not allowed, in the user's cache.
set archive=
if "%RECAL_CDS%"=="0" goto run
set "name=recal"
set "first=%~1"
if not defined first goto archive
if "%first:~0,1%"=="-" goto archive
if "%~2"=="--help" goto archive
for /f "delims=abcdefghijklmnopqrstuvwxyz-" %%c in ("%~1.") do if "%%c"=="." set "name=%~1"
:archive
set "place=%home::=%"
set "name=%name%-java-%version%-%place:\=-%.jsa"
set "cache=%USERPROFILE%\.cache\recal\classes"
if defined RECAL_CACHE set "cache=%RECAL_CACHE%\classes"
set "place=%home%\lib"
if exist "%place%\%name%" goto use_archive
set "place=%cache%"
if exist "%place%\%name%" goto use_archive
rem Java 17 finds no class in an archive if their path has a space.
if not "%cache: =%%home: =%"=="%cache%%home%" goto run
rem Options may name other classes or a debugger.
if defined RECAL_JAVA_OPTS goto run
if defined RECAL_CLASS_PATH goto run
if defined JAVA_TOOL_OPTIONS goto run
set "place=%home%\lib"
set "probe=.recal-%RANDOM%"
copy /y nul "%place%\%probe%" >nul 2>nul
if not exist "%place%\%probe%" set "place=%cache%"
if exist "%place%\%probe%" del "%place%\%probe%"
if not exist "%place%" mkdir "%place%" 2>nul
if not exist "%place%" goto run
set archive=-XX:+RecordDynamicDumpInfo "-Drecal.class-archive=%place%\%name%" "-Xlog:cds*=off"
goto run

:use_archive
set archive="-XX:SharedArchiveFile=%place%\%name%" "-Xlog:cds*=off"

:run
if not defined TF_CPP_MIN_LOG_LEVEL set "TF_CPP_MIN_LOG_LEVEL=2"
"%java%" %archive% -Xshare:auto %short% -Djava.awt.headless=true -Dorg.bytedeco.javacpp.maxphysicalbytes=0 "-Drecal.home=%home%" -Drecal.command=recal %RECAL_JAVA_OPTS% %native% -cp "%classes%" dev.recal.tools.Main %*
exit /b %errorlevel%
