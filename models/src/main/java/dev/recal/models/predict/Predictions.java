package dev.recal.models.predict;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.ops.files.FileBytes;
import dev.recal.savedmodels.Classification;
import dev.recal.savedmodels.NotFiniteException;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.TooManyPixelsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The predictions for files.
 *
 * @param answered those that could be decoded, in the given order
 * @param skipped the others
 */
public record Predictions(List<Prediction> answered, List<Skipped> skipped) {

  private static final int BATCH = 32;
  // Larger files are not photographs; reading them would only exhaust the memory.
  private static final long MAX_BYTES = 1L << 28;

  /**
   * A skipped file.
   *
   * @param file its path
   * @param named whether a path named it
   * @param reason a sentence
   */
  public record Skipped(Path file, boolean named, String reason) {}

  /** Copies the lists. */
  public Predictions {
    answered = List.copyOf(answered);
    skipped = List.copyOf(skipped);
  }

  /**
   * Runs a model on files.
   *
   * @param topK the number of classes for each file
   * @param strict whether to fail at the first unusable file
   * @throws IllegalArgumentException if the model does not take image files
   * @throws IOException if {@code strict} and a file cannot be used
   */
  public static Predictions of(
      Predictor predictor, List<ImageFiles.ImageFile> files, int topK, boolean strict)
      throws IOException {
    // An unsuitable model should fail once, not for each file.
    predictor.imageSignature();
    List<Prediction> answered = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    for (int from = 0; from < files.size(); from += BATCH) {
      List<ImageFiles.ImageFile> readable = new ArrayList<>();
      List<byte[]> images = new ArrayList<>();
      for (ImageFiles.ImageFile found : files.subList(from, Math.min(files.size(), from + BATCH))) {
        Optional<String> problem = read(found.file(), predictor.settings().pixels(), images);
        if (problem.isEmpty()) {
          readable.add(found);
        } else {
          skip(skipped, found, problem.get(), strict);
        }
      }
      classify(predictor, readable, images, topK, strict, answered, skipped);
    }
    return new Predictions(answered, skipped);
  }

  private static void classify(
      Predictor predictor,
      List<ImageFiles.ImageFile> files,
      List<byte[]> images,
      int topK,
      boolean strict,
      List<Prediction> answered,
      List<Skipped> skipped)
      throws IOException {
    try {
      List<List<Classification>> classes = predictor.classify(images, topK);
      for (int i = 0; i < files.size(); i++) {
        answered.add(new Prediction(files.get(i).file(), classes.get(i)));
      }
    } catch (IllegalArgumentException badBatch) {
      if (files.size() == 1) {
        skip(skipped, files.get(0), reason(badBatch), strict);
        return;
      }
      // One bad file fails its whole batch, so the files are repeated one by one.
      for (int i = 0; i < files.size(); i++) {
        classify(
            predictor,
            files.subList(i, i + 1),
            images.subList(i, i + 1),
            topK,
            strict,
            answered,
            skipped);
      }
    }
  }

  private static String reason(IllegalArgumentException refusal) {
    if (refusal instanceof NotFiniteException) {
      return "The model's output for it is not finite; the weights may be damaged.";
    }
    return refusal instanceof TooManyPixelsException large
        ? "It has too many pixels: " + large.detail()
        : "It is not an image that can be decoded.";
  }

  // Adds the file's bytes, or returns the reason why not.
  private static Optional<String> read(Path file, long pixels, List<byte[]> images) {
    try {
      long size = Files.size(file);
      if (!Files.isRegularFile(file)) {
        return Optional.of("It is not a regular file.");
      }
      if (size == 0) {
        return Optional.of("It is empty.");
      }
      if (size > MAX_BYTES) {
        return Optional.of("It has " + size + " bytes, more than the limit for an image.");
      }
      images.add(ServableImage.of(FileBytes.read(file), pixels));
      return Optional.empty();
    } catch (ImageHeader.UnusableImageException refused) {
      return Optional.of("It " + refused.getMessage() + ".");
    } catch (IOException unreadable) {
      return Optional.of("It cannot be read.");
    }
  }

  private static void skip(
      List<Skipped> skipped, ImageFiles.ImageFile found, String reason, boolean strict)
      throws IOException {
    if (strict) {
      throw new IOException("File " + found.file() + " cannot be used. " + reason);
    }
    skipped.add(new Skipped(found.file(), found.named(), reason));
  }
}
