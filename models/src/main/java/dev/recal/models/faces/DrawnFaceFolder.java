package dev.recal.models.faces;

import dev.recal.graphs.data.source.DrawnFaces;
import dev.recal.graphs.files.AtomicDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Drawn faces as a folder, in the form of LFW: {@code NAME/NAME_0001.png}, pairs in {@value
 * #PAIRS}, and in {@value #LANDMARKS} for each image its path and the five points by which it can
 * be aligned.
 *
 * @param faces what is drawn
 * @param pairs of the images; image i is number i % n of identity i / n, of n images each
 * @param folds of the pairs
 */
public record DrawnFaceFolder(DrawnFaces faces, DrawnPairs pairs, int folds) {

  /** The name of the file of pairs. */
  public static final String PAIRS = "pairs.txt";

  /** The name of the file of points. */
  public static final String LANDMARKS = "landmarks.txt";

  /**
   * Draws pairs for faces.
   *
   * @param maxPerFold pairs of one identity in each fold at most, and as many of different ones
   * @throws IllegalArgumentException if there are too few identities or images for the folds
   */
  public static DrawnFaceFolder of(DrawnFaces faces, int folds, int maxPerFold) {
    int[] labels =
        IntStream.range(0, faces.identities() * faces.perIdentity())
            .map(i -> i / faces.perIdentity())
            .toArray();
    return new DrawnFaceFolder(
        faces, DrawnPairs.of(labels, folds, maxPerFold, faces.seed()), folds);
  }

  /**
   * Writes the folder.
   *
   * @param target must not exist, or be empty
   * @param progress gets the number of images done after each one
   * @throws IOException if it cannot be written; nothing is left then
   */
  public void write(Path target, IntConsumer progress) throws IOException {
    AtomicDirectories.write(
        target,
        directory -> {
          try {
            write(directory.resolve(LANDMARKS), landmarks(directory, progress));
          } catch (UncheckedIOException failure) {
            throw failure.getCause();
          }
          write(directory.resolve(PAIRS), pairLines());
        });
  }

  private static void write(Path file, List<String> lines) throws IOException {
    Files.write(file, lines, StandardCharsets.UTF_8);
  }

  private List<String> landmarks(Path directory, IntConsumer progress) {
    int count = faces.identities() * faces.perIdentity();
    String[] lines = new String[count];
    for (int i = 0; i < count; i++) {
      int identity = i / faces.perIdentity();
      int image = i % faces.perIdentity();
      String path = faces.identity(identity) + "/" + faces.fileName(identity, image);
      List<double[]> points = faces.write(identity, image, directory.resolve(path));
      lines[i] =
          path
              + points.stream()
                  .map(point -> String.format(Locale.ROOT, " %.2f %.2f", point[0], point[1]))
                  .collect(Collectors.joining());
      progress.accept(i + 1);
    }
    return List.of(lines);
  }

  private List<String> pairLines() {
    List<String> lines =
        pairs.pairs().stream()
            .map(
                pair -> {
                  String first = identity(pair.first()) + "\t" + number(pair.first());
                  return pair.same()
                      ? first + "\t" + number(pair.second())
                      : first + "\t" + identity(pair.second()) + "\t" + number(pair.second());
                })
            .collect(Collectors.toList());
    lines.add(0, folds + "\t" + pairs.perFold());
    return lines;
  }

  private String identity(int image) {
    return faces.identity(image / faces.perIdentity());
  }

  private int number(int image) {
    return image % faces.perIdentity() + 1;
  }
}
