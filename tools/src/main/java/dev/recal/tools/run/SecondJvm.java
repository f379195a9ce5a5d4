package dev.recal.tools.run;

import dev.recal.tools.console.FailureException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs commands in a virtual machine of their own, as the users of an exported model do. */
public final class SecondJvm {

  private static final String MAIN = "dev.recal.tools.Main";

  private SecondJvm() {}

  /**
   * Runs a command of Recal with this process's console, and waits for its end.
   *
   * @param arguments of the command line
   * @throws IOException if it cannot be started
   * @throws FailureException if its exit code is not 0
   * @throws InterruptedException if this thread is interrupted
   */
  public static void run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(MAIN);
    command.addAll(arguments);
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) {
      throw new FailureException("The second JVM exited with code " + code + ".");
    }
  }
}
