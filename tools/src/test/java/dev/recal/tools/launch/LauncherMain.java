package dev.recal.tools.launch;

import java.nio.file.Path;

/** A launcher of two fake workers, in a process of its own that tests can kill. */
final class LauncherMain {

  private LauncherMain() {}

  public static void main(String[] arguments) throws Exception {
    Supervisor supervisor =
        SupervisorTest.supervisor(
            Path.of(arguments[0]),
            SupervisorTest.settings(2, 2, 0),
            Gpus.untouched(),
            new WorkerOutput(System.out, System.err));
    Runtime.getRuntime().addShutdownHook(new Thread(supervisor::stop));
    System.exit(supervisor.run());
  }
}
