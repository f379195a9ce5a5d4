package dev.recal.tools.launch;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A worker without TensorFlow. Its first argument is a directory with its plan, {@code plan.txt}:
 * lines {@code START.WORKER ACTION…}, where START counts the starts of all workers from 0. It
 * writes what it got to {@code START.WORKER.txt}, and then acts:
 *
 * <pre>
 * checkpoint N   makes the run's directory with a checkpoint of step N
 * print TEXT     prints a line to stdout, and one to stderr
 * await S.W      waits until worker W of start S got here
 * exit N         ends with an exit code
 * kill           ends like by kill -9
 * wait           waits until it is told to end, and then prints "stopped"
 * stubborn       waits, and does not end when it is told to
 * </pre>
 *
 * Without a line in the plan it ends with 0.
 */
final class FakeWorker {

  private static final long LIMIT_SECONDS = 60;

  private FakeWorker() {}

  public static void main(String[] arguments) throws Exception {
    LauncherWatch.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
    Path directory = Path.of(arguments[0]);
    List<String> words = List.of(arguments).subList(1, arguments.length);
    String worker = after(words, "--task");
    int start = start(directory, after(words, "--cluster"));
    List<String> report = new ArrayList<>();
    report.add(Long.toString(ProcessHandle.current().pid()));
    report.add(String.join(" ", words));
    for (String name :
        List.of("CUDA_VISIBLE_DEVICES", "TF_NUM_INTRAOP_THREADS", "TF_CONFIG", "RECAL_BUILD")) {
      report.add(name + "=" + System.getenv(name));
    }
    write(directory.resolve(start + "." + worker + ".txt"), String.join("\n", report));
    String name = start + "." + worker + " ";
    for (String line : Files.readAllLines(directory.resolve("plan.txt"))) {
      if (line.startsWith(name)) {
        act(line.substring(name.length()), directory);
      }
    }
    Runtime.getRuntime().halt(0);
  }

  private static String after(List<String> words, String option) {
    int place = words.indexOf(option);
    return place < 0 ? "0" : words.get(place + 1);
  }

  // All workers of one start have the same ports. Counting a worker's own starts would miss those
  // in which it was ended before it got here.
  private static int start(Path directory, String cluster) throws IOException {
    Path mine = Files.writeString(Files.createTempFile(directory, "cluster", ".part"), cluster);
    for (int start = 0; true; start++) {
      Path place = directory.resolve(start + ".cluster");
      try {
        Files.createLink(place, mine);
      } catch (FileAlreadyExistsException there) {
        if (!Files.readString(place).equals(cluster)) {
          continue;
        }
      }
      return start;
    }
  }

  // As a whole: tests wait for it.
  private static void write(Path file, String text) throws IOException {
    Path written = Files.writeString(Path.of(file + ".part"), text);
    Files.move(written, file);
  }

  private static void act(String action, Path directory) throws Exception {
    String[] words = action.split(" ", 2);
    Path run = directory.resolve("run");
    switch (words[0]) {
      case "checkpoint" -> {
        Files.createDirectories(run);
        Files.writeString(run.resolve("recipe.json"), "{}");
        Files.createDirectories(
            run.resolve("checkpoints/step-%09d".formatted(Integer.parseInt(words[1]))));
      }
      case "print" -> {
        System.out.println(words[1]);
        System.err.println(words[1]);
      }
      case "await" -> {
        while (!Files.exists(directory.resolve(words[1] + ".txt"))) {
          TimeUnit.MILLISECONDS.sleep(5);
        }
      }
      case "exit" -> Runtime.getRuntime().halt(Integer.parseInt(words[1]));
      case "kill" -> {
        new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
        TimeUnit.SECONDS.sleep(LIMIT_SECONDS);
      }
      case "stubborn" -> {
        Runtime.getRuntime().addShutdownHook(new Thread(FakeWorker::sleep));
        sleep();
      }
      case "wait" -> sleep();
      default -> throw new IllegalArgumentException(action);
    }
  }

  // Not for ever, so that a failing test leaves no process.
  private static void sleep() {
    try {
      TimeUnit.SECONDS.sleep(LIMIT_SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
