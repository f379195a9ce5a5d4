package dev.recal.models.predict;

import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.savedmodels.NotFiniteException;
import dev.recal.savedmodels.TooManyPixelsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs a model on image files in memory; those that it cannot use do not fail the others. */
public final class ImageAnswers {

  /** Larger files are not photographs; reading them would only exhaust the memory. */
  public static final long MAX_BYTES = 1L << 28;

  private static final int RGB = 3;

  private ImageAnswers() {}

  /**
   * Runs the model on all images at once, and one by one if that fails.
   *
   * @param files the bytes of image files, or of files that are none
   * @param pixels the maximum of an image that has to be converted before the call
   * @return an answer for each file, in their order
   */
  public static <T> List<ImageAnswer<T>> of(
      List<byte[]> files, long pixels, FileBatches.Call<T> model) {
    List<ImageAnswer<T>> answers = new ArrayList<>();
    List<byte[]> usable = new ArrayList<>();
    List<Integer> positions = new ArrayList<>();
    for (byte[] file : files) {
      Optional<String> problem = sizeProblem(file.length);
      try {
        if (problem.isEmpty()) {
          usable.add(ServableImage.of(file, pixels));
          positions.add(answers.size());
        }
      } catch (ImageHeader.UnusableImageException refused) {
        problem = Optional.of("It " + refused.getMessage() + ".");
      }
      answers.add(ImageAnswer.unusable(problem.orElse("")));
    }
    List<ImageAnswer<T>> found = usable.isEmpty() ? List.of() : run(usable, model);
    for (int i = 0; i < found.size(); i++) {
      answers.set(positions.get(i), found.get(i));
    }
    return answers;
  }

  /** Returns why a file of so many bytes is not read; empty if it is. */
  public static Optional<String> sizeProblem(long bytes) {
    if (bytes == 0) {
      return Optional.of("It is empty.");
    }
    return bytes > MAX_BYTES
        ? Optional.of("It has " + bytes + " bytes, more than the limit for an image.")
        : Optional.empty();
  }

  private static <T> List<ImageAnswer<T>> run(List<byte[]> images, FileBatches.Call<T> model) {
    try {
      return model.run(images).stream().map(ImageAnswer::of).toList();
    } catch (IllegalArgumentException | ImageHeader.UnusableImageException badBatch) {
      if (images.size() == 1) {
        return List.of(ImageAnswer.unusable(reason(badBatch, images.get(0))));
      }
      // One bad file fails its whole batch, so the files are repeated one by one.
      List<ImageAnswer<T>> answers = new ArrayList<>();
      for (byte[] image : images) {
        answers.addAll(run(List.of(image), model));
      }
      return answers;
    }
  }

  private static String reason(Exception refusal, byte[] image) {
    if (refusal instanceof ImageHeader.UnusableImageException) {
      return "It " + refusal.getMessage() + ".";
    }
    if (refusal instanceof NotFiniteException) {
      return "The model's output for it is not finite; the weights may be damaged.";
    }
    if (refusal instanceof TooManyPixelsException large) {
      return "It has too many pixels: " + large.detail();
    }
    // A model can also fail on a sound image, for example for lack of memory.
    if (DecodedImage.of(image, RGB).isEmpty()) {
      return "It is not an image that can be decoded.";
    }
    Throwable cause =
        refusal.getCause() instanceof IllegalArgumentException inner ? inner : refusal;
    return "The model fails on it, although it can be decoded: " + cause.getMessage();
  }
}
