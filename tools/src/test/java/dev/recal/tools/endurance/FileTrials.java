package dev.recal.tools.endurance;

import dev.recal.graphs.files.DurableFiles;
import dev.recal.tools.CommandResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process that gives damaged files to the commands that read them, and prints for each a line of
 * its number, its kind, what happened and what the command said.
 *
 * <p>Arguments: the directory of the samples, the first number, the number after the last one.
 */
final class FileTrials {

  static final String SEPARATOR = "\t";

  private static final Pattern RAW =
      Pattern.compile(
          "\\b\\w+(Exception|Error)\\b|^\\s+at \\w|\\b(java|org|com)\\.\\w+\\.|--debug",
          Pattern.MULTILINE);
  private static final Pattern REPORTED =
      Pattern.compile("(?i)skipped|damaged|cannot|not a |truncated|missing|unreadable|does not");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private final Path samples;
  private final Map<FileKind, Seen> whole = new HashMap<>();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  /** What a command did: the bytes of its result, and all that it printed. */
  private record Seen(int exit, byte[] result, String printed, String refused) {}

  private FileTrials(Path samples) {
    this.samples = samples;
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
  }

  public static void main(String[] arguments) throws IOException {
    FileTrials trials = new FileTrials(Path.of(arguments[0]));
    PrintStream out = System.out;
    System.setOut(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    List<FileKind> kinds = FileKind.all();
    for (int number = Integer.parseInt(arguments[1]);
        number < Integer.parseInt(arguments[2]);
        number++) {
      FileKind kind = kinds.get(number % kinds.size());
      out.println(number + SEPARATOR + kind.name());
      String line = trials.outcome(kind, Endurance.random(1_000 + number));
      out.println(number + SEPARATOR + kind.name() + SEPARATOR + line);
    }
    Matcher peak = PEAK.matcher(status());
    out.println("peak" + SEPARATOR + (peak.find() ? peak.group(1) : "0"));
    System.exit(0);
  }

  private static String status() {
    try {
      return Files.readString(Path.of("/proc/self/status"));
    } catch (IOException notLinux) {
      return "";
    }
  }

  private String outcome(FileKind kind, SplittableRandom random) throws IOException {
    if (!whole.containsKey(kind)) {
      Seen seen = run(kind, null);
      if (seen.exit() != 0) {
        return "FAILED: the whole file is refused" + SEPARATOR + oneLine(seen.printed());
      }
      whole.put(kind, seen);
    }
    Seen seen = run(kind, random);
    String text = SEPARATOR + oneLine(seen.refused().isEmpty() ? seen.printed() : seen.refused());
    return verdict(kind, seen, whole.get(kind)) + text;
  }

  private static String verdict(FileKind kind, Seen seen, Seen whole) {
    if (RAW.matcher(seen.printed()).find()) {
      return "FAILED: a raw exception";
    }
    if (seen.exit() == 0 && Arrays.equals(seen.result(), whole.result())) {
      return "the same result";
    }
    boolean named = names(kind).stream().anyMatch(seen.printed()::contains);
    boolean reported =
        seen.printed()
            .lines()
            .filter(line -> !whole.printed().contains(line))
            .anyMatch(line -> REPORTED.matcher(line).find());
    if (seen.exit() == 0) {
      return reported
          ? "reported, and used without it"
          : kind.digests() ? "FAILED: another result, silently" : "another result; no digest";
    }
    if (seen.refused().lines().filter(line -> line.startsWith("recal: ")).count() > 1) {
      return "FAILED: more than one sentence";
    }
    return named ? "refused by name" : "FAILED: refused without the file's name";
  }

  // TensorFlow's checkpoints are named by what the names of their files have in common, those of a
  // run by their directory.
  private static List<String> names(FileKind kind) {
    Path file = Path.of(kind.file());
    String name = file.getFileName().toString().replaceFirst("\\.(index|data-\\d+-of-\\d+)$", "");
    return kind.file().startsWith("checkpoints/")
        ? List.of(name, file.getParent().getFileName().toString())
        : List.of(name);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " | ").replace(SEPARATOR, " ");
  }

  // Runs the command on a copy of the samples in which the file is damaged.
  private Seen run(FileKind kind, SplittableRandom random) throws IOException {
    Path in = samples.resolveSibling("in");
    Path out = samples.resolveSibling("out");
    DurableFiles.delete(in);
    DurableFiles.delete(out);
    copy(samples.resolve(kind.folder()), in);
    if (random != null) {
      Path file = in.resolve(kind.file());
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Mutation.random(bytes, end(kind, bytes), random));
    }
    List<String> words = new ArrayList<>();
    for (String word : kind.command()) {
      words.add(
          word.replace("{samples}", samples.toString())
              .replace("{in}", in.toString())
              .replace("{out}", out.toString()));
    }
    errors.reset();
    CommandResult ran = CommandResult.of(words.toArray());
    String refused = ran.err();
    String printed = ran.out() + refused + errors.toString(StandardCharsets.UTF_8);
    byte[] result = kind.result().isEmpty() ? steady(ran.out()) : bytes(out.resolve(kind.result()));
    return new Seen(ran.exit(), result, printed, refused);
  }

  // Of an archive only the members have checksums, not their names in the directory at its end.
  private static int end(FileKind kind, byte[] bytes) {
    if (!kind.name().equals("zip, contents")) {
      return bytes.length;
    }
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
  }

  private static byte[] steady(String printed) {
    return printed
        .replaceAll("[0-9.]+ (steps/s|s\\b|images/s)", "")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
  }

  private static void copy(Path from, Path to) throws IOException {
    Map<Path, Path> copies = new TreeMap<>();
    try (Stream<Path> all = Files.walk(from)) {
      all.forEach(path -> copies.put(path, to.resolve(from.relativize(path).toString())));
    }
    for (Map.Entry<Path, Path> one : copies.entrySet()) {
      Files.copy(one.getKey(), one.getValue());
    }
  }
}
