package dev.recal.models.faces;

import dev.recal.ops.Arguments;
import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Pairs of images of one or of different identities, and how many folds they make.
 *
 * <p>A pairs file is in one of two forms, with tabs or spaces between the words of a line:
 *
 * <ul>
 *   <li>LFW's: a line {@code folds pairs}, then for each fold {@code pairs} lines {@code name a b}
 *       of one identity and {@code pairs} lines {@code name1 a name2 b}. Image 3 of {@code Ann_Lee}
 *       is the file {@code Ann_Lee/Ann_Lee_0003} with the extension of any image;
 *   <li>a list: lines {@code first second 1} for one identity and {@code first second 0}, with
 *       paths of files. It does not say how many folds there are.
 * </ul>
 *
 * @param file for messages
 * @param folds of the file; 0 if it does not say
 * @param pairs in the order of the file
 */
public record FacePairs(Path file, int folds, List<Pair> pairs) {

  private static final int LFW_SAME = 3;
  private static final int LFW_DIFFERENT = 4;
  private static final String NUMBER = "[0-9]+";

  /**
   * A pair.
   *
   * @param line in the file, from 1
   * @param first the path of an image, relative to a folder; LFW's have no extension
   * @param second another one
   * @param same whether both show one identity
   */
  public record Pair(int line, String first, String second, boolean same) {}

  /** Copies the list, and rejects an empty one. */
  public FacePairs {
    pairs = List.copyOf(pairs);
    Arguments.atLeast(0, "folds", folds);
    Arguments.require(!pairs.isEmpty(), "pairs", "at least one pair", 0);
  }

  /**
   * Reads a pairs file.
   *
   * @throws IOException if it cannot be read, or a line is not as expected; the message has its
   *     number
   */
  public static FacePairs read(Path file) throws IOException {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String text : TextFiles.lines(file)) {
      number++;
      if (!text.isBlank()) {
        lines.add(new Line(file, number, text.strip().split("\\s+")));
      }
    }
    if (lines.isEmpty()) {
      throw new IOException("File " + file + " has no pairs.");
    }
    Line head = lines.get(0);
    boolean lfw = head.words.length == 2 && head.isNumber(0) && head.isNumber(1);
    FacePairs pairs = lfw ? lfw(file, lines) : list(file, lines);
    pairs.requireDistinct();
    return pairs;
  }

  private static FacePairs lfw(Path file, List<Line> lines) throws IOException {
    int folds = lines.get(0).number(0);
    int each = lines.get(0).number(1);
    long expected = 2L * folds * each;
    if (folds < 1 || each < 1) {
      throw lines.get(0).bad("at least one fold and one pair in the header");
    }
    List<Pair> pairs = new ArrayList<>();
    for (Line line : lines.subList(1, lines.size())) {
      if (pairs.size() == expected) {
        throw line.bad("the end of the file after " + expected + " pairs");
      }
      boolean same = pairs.size() / each % 2 == 0;
      pairs.add(same ? line.same() : line.different());
    }
    if (pairs.size() < expected) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "File %s: expected %d pairs, 2 × %d for each of %d folds, but got %d.",
              file,
              expected,
              each,
              folds,
              pairs.size()));
    }
    return new FacePairs(file, folds, pairs);
  }

  private static FacePairs list(Path file, List<Line> lines) throws IOException {
    List<Pair> pairs = new ArrayList<>();
    for (Line line : lines) {
      pairs.add(line.listed());
    }
    return new FacePairs(file, 0, pairs);
  }

  private void requireDistinct() throws IOException {
    Map<List<String>, Integer> seen = new HashMap<>();
    for (Pair pair : pairs) {
      if (pair.first.equals(pair.second)) {
        throw new IOException(
            at(pair.line) + "expected two different images, but got " + pair.first + " twice.");
      }
      // A pair is the same in the other order.
      boolean ordered = pair.first.compareTo(pair.second) < 0;
      List<String> key =
          ordered ? List.of(pair.first, pair.second) : List.of(pair.second, pair.first);
      Integer before = seen.put(key, pair.line);
      if (before != null) {
        throw new IOException(at(pair.line) + "the pair is that of line " + before + ".");
      }
    }
  }

  private String at(int line) {
    return "File " + file + ", line " + line + ": ";
  }

  /** Returns whether each pair shows one identity. */
  public List<Boolean> same() {
    return pairs.stream().map(Pair::same).toList();
  }

  /**
   * Finds the images, two a pair.
   *
   * @param images the folder that the paths are relative to
   * @throws IOException if one is missing, or a name fits several files
   */
  public List<Path> images(Path images) throws IOException {
    ImageNames names = new ImageNames(images);
    List<Path> found = new ArrayList<>();
    for (Pair pair : pairs) {
      for (String name : List.of(pair.first, pair.second)) {
        try {
          found.add(names.find(name));
        } catch (IOException missing) {
          throw new IOException(at(pair.line) + missing.getMessage(), missing);
        }
      }
    }
    return found;
  }

  /** The words of a line. */
  private record Line(Path file, int position, String[] words) {

    Pair same() throws IOException {
      if (words.length != LFW_SAME || !isNumber(1) || !isNumber(2)) {
        throw bad("'name a b', a pair of one identity");
      }
      return new Pair(position, image(words[0], 1), image(words[0], 2), true);
    }

    Pair different() throws IOException {
      if (words.length != LFW_DIFFERENT || !isNumber(1) || !isNumber(3)) {
        throw bad("'name1 a name2 b', a pair of different identities");
      }
      if (words[0].equals(words[2])) {
        throw bad("two different names");
      }
      return new Pair(position, image(words[0], 1), image(words[2], 3), false);
    }

    Pair listed() throws IOException {
      boolean ends = words.length == LFW_SAME && words[2].matches("[01]");
      if (!ends) {
        throw bad(
            position == 1
                ? "'folds pairs', the header of LFW's form, or 'first second 1' or '… 0'"
                : "'first second 1' for one identity, or 'first second 0'");
      }
      return new Pair(position, words[0], words[1], words[2].equals("1"));
    }

    private String image(String name, int word) throws IOException {
      return String.format(Locale.ROOT, "%s/%s_%04d", name, name, number(word));
    }

    boolean isNumber(int word) {
      return words[word].matches(NUMBER);
    }

    int number(int word) throws IOException {
      try {
        return Integer.parseInt(words[word]);
      } catch (NumberFormatException large) {
        throw bad("a number that is not so large");
      }
    }

    IOException bad(String expected) {
      return new IOException(
          "File "
              + file
              + ", line "
              + position
              + ": expected "
              + expected
              + ", but got '"
              + String.join(" ", words)
              + "'.");
    }
  }
}
