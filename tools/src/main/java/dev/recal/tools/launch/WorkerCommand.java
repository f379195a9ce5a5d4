package dev.recal.tools.launch;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that starts this program again, in the way in which this process was started. */
public final class WorkerCommand {

  private static final String MAIN = "dev.recal.tools.Main";

  private WorkerCommand() {}

  /**
   * Returns the words before the arguments: the script {@code recal} if it started this process,
   * for its filter of native messages; otherwise this Java with the same options and class path.
   */
  public static List<String> words() {
    Path script = Path.of(System.getProperty("recal.script", ""));
    if (Files.isRegularFile(script) && Files.isExecutable(script)) {
      return List.of(script.toAbsolutePath().normalize().toString());
    }
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(WorkerCommand::isShared)
        .forEach(words::add);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    return List.copyOf(words);
  }

  // A debugger's port can be taken only once, and only this process writes an archive of classes.
  private static boolean isShared(String option) {
    return !option.startsWith("-agentlib:")
        && !option.startsWith("-Xrunjdwp")
        && !option.startsWith("-Drecal.class-archive=");
  }
}
