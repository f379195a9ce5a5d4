package dev.recal.tools.compatibility;

import com.google.gson.Gson;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A program of {@code interop/java}, compiled against the jars that it runs with.
 *
 * @param name of its class
 * @param coordinates of the jars; their dependencies are added
 * @param natives a jar whose directory {@code native/lib} DJL loads its library from
 */
record JvmProgram(String name, List<String> coordinates, Optional<String> natives)
    implements Program {

  private static final String LIBRARY = "native/lib";

  // Limits memory to 12 GB of addresses: one runtime used all memory for one model.
  private static final List<String> BOUNDED =
      List.of("sh", "-c", "ulimit -v 12000000; exec \"$@\"", "sh");

  JvmProgram {
    coordinates = List.copyOf(coordinates);
  }

  @Override
  public String packages() {
    List<String> all = new ArrayList<>(coordinates);
    natives.ifPresent(all::add);
    return String.join(", ", all);
  }

  @Override
  public List<String> command(Path home) throws IOException {
    List<Path> classPath = new ArrayList<>();
    classPath.add(Files.createDirectories(home.resolve("classes")));
    classPath.addAll(Jars.of(coordinates));
    classPath.add(gson());
    compile(classPath);
    List<String> command = new ArrayList<>(BOUNDED);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-Xmx512m");
    command.add("-XX:TieredStopAtLevel=1");
    // JavaCPP stops when the process outgrows twice the Java heap.
    command.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    // TensorFlow 1.15 leaves its unpacked library in the temporary directory.
    Path temporary = Files.createDirectories(home.resolve("temporary"));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-XX:ErrorFile=" + temporary.resolve("error-%p.txt"));
    if (natives.isPresent()) {
      command.add("-Dai.djl.offline=true");
      command.add("-DTENSORFLOW_LIBRARY_PATH=" + library(home));
    }
    command.addAll(List.of("-cp", joined(classPath), name));
    return command;
  }

  private void compile(List<Path> classPath) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter compilerOutput = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
      var sources =
          files.getJavaFileObjects(
              Repository.interop("java/Exchange.java"),
              Repository.interop("java/" + name + ".java"));
      String classes = classPath.get(0).toString();
      List<String> options = List.of("-d", classes, "-cp", joined(classPath), "-proc:none");
      if (!compiler.getTask(compilerOutput, files, null, options, null, sources).call()) {
        throw new IOException("interop/java/" + name + ".java does not compile: " + compilerOutput);
      }
    }
  }

  private Path library(Path home) throws IOException {
    Path directory = home.resolve("native");
    if (!Files.exists(directory)) {
      Path part = Files.createTempDirectory(home, "native");
      Path jar = Jars.of(List.of(natives.orElseThrow())).get(0);
      try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          Path file = Path.of(entry.getName());
          if (!entry.isDirectory() && file.startsWith(LIBRARY)) {
            Files.copy(zip, part.resolve(file.getFileName()));
          }
        }
      }
      Files.move(part, directory);
    }
    return directory;
  }

  private static String joined(List<Path> paths) {
    return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static Path gson() throws IOException {
    try {
      return Path.of(Gson.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("Gson was loaded from no file.", e);
    }
  }
}
