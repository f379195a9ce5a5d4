package dev.recal.tools.bench.workers;

import dev.recal.tools.launch.FreePorts;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The worker processes of one measurement, on the loopback interface. */
final class Gang implements AutoCloseable {

  /** Longer than the slowest turn, and than the difference between the workers' starts. */
  static final Duration TIMEOUT = Duration.ofMinutes(10);

  private static final long STOP_SECONDS = 10;

  /**
   * A measurement.
   *
   * @param elapsed seconds of the slowest worker
   * @param cpu seconds of all threads of all workers
   */
  record Seconds(double elapsed, double cpu) {}

  /**
   * A worker, as its process gets it.
   *
   * @param addresses of all workers' TensorFlow servers
   * @param ringPorts of all workers in the plain ring
   * @param task which of them it is
   * @param threads of TensorFlow
   * @param subject the network
   * @param turns that are going to be measured
   */
  record Member(
      List<String> addresses,
      List<Integer> ringPorts,
      int task,
      int threads,
      Subject subject,
      List<Turn> turns) {

    Member {
      addresses = List.copyOf(addresses);
      ringPorts = List.copyOf(ringPorts);
      turns = List.copyOf(turns);
    }

    List<String> arguments() {
      return List.of(
          String.join(",", addresses),
          String.join(",", ringPorts.stream().map(String::valueOf).toList()),
          Integer.toString(task),
          Integer.toString(threads),
          subject.words(),
          String.join(",", turns.stream().map(Turn::name).toList()));
    }

    static Member parse(String[] arguments) {
      return new Member(
          List.of(arguments[0].split(",")),
          Stream.of(arguments[1].split(",")).map(Integer::valueOf).toList(),
          Integer.parseInt(arguments[2]),
          Integer.parseInt(arguments[3]),
          Subject.parse(arguments[4]),
          Stream.of(arguments[5].split(",")).map(Turn::valueOf).toList());
    }
  }

  private final List<Process> processes = new ArrayList<>();
  private final List<BufferedReader> answers = new ArrayList<>();
  private final List<BufferedWriter> orders = new ArrayList<>();
  private final List<Long> gradients;

  /**
   * Starts the workers and waits until all are ready.
   *
   * @throws IOException if one of them fails
   */
  Gang(int size, int threads, Subject subject, List<Turn> turns) throws IOException {
    List<Integer> ports = FreePorts.choose(2 * size);
    List<String> addresses = ports.subList(0, size).stream().map(p -> "127.0.0.1:" + p).toList();
    try {
      for (int task = 0; task < size; task++) {
        start(new Member(addresses, ports.subList(size, 2 * size), task, threads, subject, turns));
      }
      List<String> ready = answers("ready");
      this.gradients = Stream.of(ready.get(0).split(" ")).map(Long::valueOf).toList();
    } catch (IOException | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private void start(Member member) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), BenchWorker.class.getName()));
    command.addAll(member.arguments());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.add(process);
    answers.add(process.inputReader(StandardCharsets.UTF_8));
    orders.add(process.outputWriter(StandardCharsets.UTF_8));
  }

  private List<String> answers(String word) throws IOException {
    List<String> all = new ArrayList<>();
    for (BufferedReader reader : answers) {
      String line = reader.readLine();
      if (line == null || !line.startsWith(word + " ")) {
        throw new IOException(
            "Worker " + all.size() + " of the benchmark failed; see its output above.");
      }
      all.add(line.substring(word.length() + 1));
    }
    return all;
  }

  /** Returns the numbers of elements of the gradients. */
  List<Long> gradients() {
    return gradients;
  }

  /**
   * Lets all workers take a turn.
   *
   * @param repeats how often in a row
   * @return the seconds of one repeat
   * @throws IOException if a worker fails
   */
  Seconds measure(Turn turn, int repeats) throws IOException {
    for (BufferedWriter order : orders) {
      order.write(turn.name() + " " + repeats + "\n");
      order.flush();
    }
    double longest = 0;
    double cpu = 0;
    for (String answer : answers("took")) {
      String[] numbers = answer.split(" ");
      longest = Math.max(longest, Double.parseDouble(numbers[0]));
      cpu += Double.parseDouble(numbers[1]);
    }
    return new Seconds(longest / repeats, cpu / repeats);
  }

  /** Ends the workers. */
  @Override
  public void close() {
    for (BufferedWriter order : orders) {
      try {
        order.close();
      } catch (IOException ended) {
        // It has ended already.
      }
    }
    for (Process process : processes) {
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException stop) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
