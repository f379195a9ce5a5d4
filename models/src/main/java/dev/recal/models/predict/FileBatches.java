package dev.recal.models.predict;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.FileBytes;
import dev.recal.savedmodels.NotFiniteException;
import dev.recal.savedmodels.TooManyPixelsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs a model on image files, batch by batch; unusable files are skipped.
 *
 * @param batch the number of files in a call
 * @param pixels the maximum of an image that has to be converted before the call
 * @param strict whether to fail at the first unusable file
 */
public record FileBatches(int batch, long pixels, boolean strict) {

  // Larger files are not photographs; reading them would only exhaust the memory.
  private static final long MAX_BYTES = 1L << 28;

  /** Rejects an empty batch. */
  public FileBatches {
    Arguments.atLeast(1, "batch", batch);
  }

  /** A model that gives an answer for each image. */
  @FunctionalInterface
  public interface Call<T> {
    /**
     * Answers images.
     *
     * @param images the bytes of upright JPEG, PNG, GIF or BMP files, or of files that are none
     * @throws ImageHeader.UnusableImageException if one cannot be used
     * @throws IllegalArgumentException if one cannot be decoded
     */
    List<T> run(List<byte[]> images) throws ImageHeader.UnusableImageException;
  }

  /** Gets the answers one by one, in the order of the files. */
  @FunctionalInterface
  public interface Answers<T> {
    /** Takes the answer for a file. */
    void accept(ImageFiles.ImageFile file, T answer) throws IOException;
  }

  /**
   * Runs the model.
   *
   * @return the skipped files
   * @throws IOException if {@code strict} and a file cannot be used, or an answer is not taken
   */
  public <T> List<Predictions.Skipped> run(
      List<ImageFiles.ImageFile> files, Call<T> model, Answers<T> answers) throws IOException {
    List<Predictions.Skipped> skipped = new ArrayList<>();
    for (int from = 0; from < files.size(); from += batch) {
      List<ImageFiles.ImageFile> readable = new ArrayList<>();
      List<byte[]> images = new ArrayList<>();
      for (ImageFiles.ImageFile found : files.subList(from, Math.min(files.size(), from + batch))) {
        Optional<String> problem = read(found.file(), images);
        if (problem.isEmpty()) {
          readable.add(found);
        } else {
          skip(skipped, found, problem.get());
        }
      }
      if (!readable.isEmpty()) {
        answer(readable, images, model, answers, skipped);
      }
    }
    return skipped;
  }

  private <T> void answer(
      List<ImageFiles.ImageFile> files,
      List<byte[]> images,
      Call<T> model,
      Answers<T> answers,
      List<Predictions.Skipped> skipped)
      throws IOException {
    List<T> found;
    try {
      found = model.run(images);
    } catch (IllegalArgumentException | ImageHeader.UnusableImageException badBatch) {
      if (files.size() == 1) {
        skip(skipped, files.get(0), reason(badBatch));
        return;
      }
      // One bad file fails its whole batch, so the files are repeated one by one.
      for (int i = 0; i < files.size(); i++) {
        answer(files.subList(i, i + 1), images.subList(i, i + 1), model, answers, skipped);
      }
      return;
    }
    for (int i = 0; i < files.size(); i++) {
      answers.accept(files.get(i), found.get(i));
    }
  }

  private static String reason(Exception refusal) {
    if (refusal instanceof ImageHeader.UnusableImageException) {
      return "It " + refusal.getMessage() + ".";
    }
    if (refusal instanceof NotFiniteException) {
      return "The model's output for it is not finite; the weights may be damaged.";
    }
    return refusal instanceof TooManyPixelsException large
        ? "It has too many pixels: " + large.detail()
        : "It is not an image that can be decoded.";
  }

  // Adds the file's bytes, or returns the reason why not.
  private Optional<String> read(Path file, List<byte[]> images) {
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

  private void skip(List<Predictions.Skipped> skipped, ImageFiles.ImageFile found, String reason)
      throws IOException {
    if (strict) {
      throw new IOException("File " + found.file() + " cannot be used. " + reason);
    }
    skipped.add(new Predictions.Skipped(found.file(), found.named(), reason));
  }
}
