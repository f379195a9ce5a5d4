package dev.recal.tools.endurance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The settings of the endurance tests, the processes that they start and the reports they leave.
 */
final class Endurance {

  /** Decides every random choice; {@code -Drecal.seed=N} chooses another one. */
  static final long SEED = Long.getLong("recal.seed", 0);

  private static final Path REPORTS = Path.of("target", "endurance");

  private Endurance() {}

  /** Returns the random numbers of one part of a test. */
  static SplittableRandom random(long part) {
    return new SplittableRandom(SEED * 1_000_003 + part);
  }

  /** Returns the command line of a JVM with this one's classes. */
  static List<String> java(String heap, Class<?> main, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + heap,
            "-XX:TieredStopAtLevel=1",
            "-Djava.awt.headless=true",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  /** Prints the figures of a test and writes them to {@code target/endurance/NAME.txt}. */
  static void report(String name, List<String> lines) {
    List<String> all = new ArrayList<>(List.of(name + ", seed " + SEED));
    all.addAll(lines);
    all.forEach(System.out::println);
    try {
      Files.createDirectories(REPORTS);
      Files.write(REPORTS.resolve(name + ".txt"), all);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
