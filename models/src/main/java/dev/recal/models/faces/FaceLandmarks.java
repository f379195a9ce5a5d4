package dev.recal.models.faces;

import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The five landmarks of a face.
 *
 * @param path of the image, relative to a folder
 * @param points x and y in pixels of the eyes, the nose and the corners of the mouth, left before
 *     right as seen in the image; not copied
 */
public record FaceLandmarks(String path, double[] points) {

  private static final int WORDS = 1 + FaceAlignment.NUMBERS;
  private static final int HEADER_LINES = 2;

  /**
   * Reads a file with a line for each image: its path and ten numbers, separated by tabs, by commas
   * or by spaces. A header may precede: names of the columns, the number of images, or both, as in
   * CelebA's {@code list_landmarks_align_celeba.txt}.
   *
   * @throws IOException if it cannot be read, a line is not as expected, or an image occurs twice;
   *     the message has the line's number
   */
  public static List<FaceLandmarks> read(Path file) throws IOException {
    List<FaceLandmarks> found = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    long count = -1;
    int number = 0;
    for (String line : TextFiles.lines(file)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      String[] words = words(line.strip());
      if (number == 1 && words.length == 1 && words[0].matches("[0-9]{1,9}")) {
        count = Long.parseLong(words[0]);
      } else if (number > HEADER_LINES || !found.isEmpty() || !isHeader(words)) {
        FaceLandmarks face = of(file, number, line.strip(), words);
        Integer before = lines.put(face.path, number);
        if (before != null) {
          throw new IOException(
              "File "
                  + file
                  + ", line "
                  + number
                  + ": the image "
                  + face.path
                  + " is that of line "
                  + before
                  + ".");
        }
        found.add(face);
      }
    }
    if (found.isEmpty() || count >= 0 && count != found.size()) {
      throw new IOException(
          "File "
              + file
              + ": expected "
              + (count < 0 ? "landmarks of images" : count + " images, as its first line says")
              + ", but got "
              + found.size()
              + ".");
    }
    return found;
  }

  private static String[] words(String line) {
    String separator = line.contains("\t") ? "\t" : line.contains(",") ? "," : "\\s+";
    String[] words = line.split(separator);
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].strip();
    }
    return words;
  }

  // Names of columns, none of which is a number.
  private static boolean isHeader(String[] words) {
    if (words.length < FaceAlignment.NUMBERS) {
      return false;
    }
    for (String word : words) {
      if (!Double.isNaN(number(word))) {
        return false;
      }
    }
    return true;
  }

  private static FaceLandmarks of(Path file, int line, String text, String[] words)
      throws IOException {
    double[] points = new double[FaceAlignment.NUMBERS];
    boolean fits = words.length == WORDS;
    for (int i = 0; fits && i < points.length; i++) {
      points[i] = number(words[i + 1]);
      fits = Double.isFinite(points[i]);
    }
    if (!fits) {
      throw new IOException(
          "File "
              + file
              + ", line "
              + line
              + ": expected a path and the 10 numbers of five points, but got '"
              + text
              + "'.");
    }
    return new FaceLandmarks(words[0], points);
  }

  // NaN if the word is not a number.
  private static double number(String word) {
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException none) {
      return Double.NaN;
    }
  }
}
