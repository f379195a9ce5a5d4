package dev.recal.tools.bench;

import dev.recal.ops.files.TextFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code recal serve} in a separate process, so that its memory can be measured. */
public final class ServeProcess implements AutoCloseable {

  private static final Pattern PAGE = Pattern.compile("\\s+page\\s+(http\\S+)");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final URI uri;

  private ServeProcess(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /**
   * Starts a server on a free port, with the options of this JVM, and waits until it listens.
   *
   * @param mainClass of the command
   * @param arguments after {@code serve}, without the port
   * @throws IOException if it ends before it listens
   */
  public static ServeProcess start(String mainClass, List<String> arguments) throws IOException {
    return start(mainClass, ManagementFactory.getRuntimeMXBean().getInputArguments(), arguments);
  }

  /**
   * Starts a server on a free port and waits until it listens.
   *
   * @param mainClass of the command
   * @param options of its JVM
   * @param arguments after {@code serve}, without the port
   * @throws IOException if it ends before it listens
   */
  public static ServeProcess start(String mainClass, List<String> options, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass, "serve"));
    command.addAll(arguments);
    command.addAll(List.of("--port", "0"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    // Left open: a server that writes to a closed pipe would fail.
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher page = PAGE.matcher(line);
      if (page.matches()) {
        return new ServeProcess(process, URI.create(page.group(1)));
      }
    }
    process.destroy();
    throw new IOException("The server exited before it was ready; see its output above.");
  }

  /** Returns the URL of its page. */
  public URI uri() {
    return uri;
  }

  /** Returns the process. */
  public Process process() {
    return process;
  }

  /** Returns its memory in bytes; empty if the system does not report it. */
  public OptionalLong residentBytes() {
    try {
      Matcher matcher =
          RESIDENT.matcher(TextFiles.read(Path.of("/proc/" + process.pid() + "/status")));
      return matcher.find()
          ? OptionalLong.of(1024 * Long.parseLong(matcher.group(1)))
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Stops it like Ctrl-C. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
