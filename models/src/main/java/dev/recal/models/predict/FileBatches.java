package dev.recal.models.predict;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.FileBytes;
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
    List<ImageAnswer<T>> found = ImageAnswers.of(images, pixels, model);
    for (int i = 0; i < files.size(); i++) {
      if (found.get(i).value().isPresent()) {
        answers.accept(files.get(i), found.get(i).value().get());
      } else {
        skip(skipped, files.get(i), found.get(i).problem());
      }
    }
  }

  // Adds the file's bytes, or returns the reason why not.
  private Optional<String> read(Path file, List<byte[]> images) {
    try {
      long size = Files.size(file);
      if (!Files.isRegularFile(file)) {
        return Optional.of("It is not a regular file.");
      }
      Optional<String> problem = ImageAnswers.sizeProblem(size);
      if (problem.isEmpty()) {
        images.add(FileBytes.read(file));
      }
      return problem;
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
