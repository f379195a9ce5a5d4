package dev.recal.spark;

import dev.recal.ops.Arguments;
import dev.recal.savedmodels.PredictorSettings;
import java.io.Serializable;
import java.util.Set;

/**
 * How images are scored.
 *
 * @param model the directory of a SavedModel, or of integer versions, of which the highest is used:
 *     a path of the driver's machine, or a URI of any file system that Spark's Hadoop reads; the
 *     executors get a copy
 * @param signature a signature that takes image files, whose outputs become columns; empty for the
 *     classes of a classifier
 * @param topK the number of classes for each image
 * @param batch the maximum number of images in a call of the model
 * @param threads of TensorFlow in each executor; 0 for {@code spark.executor.cores} or, if that is
 *     not set, TensorFlow's choice
 * @param pixels the maximum of an image; larger ones are not decoded
 * @param pathColumn the column that names an image
 * @param bytesColumn the column with the bytes of image files; if rows have none, executors read
 *     the files that {@code pathColumn} names
 */
public record ScoringSettings(
    String model,
    String signature,
    int topK,
    int batch,
    int threads,
    long pixels,
    String pathColumn,
    String bytesColumn)
    implements Serializable {

  private static final int TOP = 5;
  private static final int BATCH = 32;

  /** Rejects invalid settings. */
  public ScoringSettings {
    Arguments.require(!model.isBlank(), "model", "a directory", "'" + model + "'");
    Arguments.atLeast(1, "topK", topK);
    Arguments.atLeast(1, "batch", batch);
    Arguments.atLeast(0, "threads", threads);
    Arguments.atLeast(1, "pixels", pixels);
    Arguments.require(!pathColumn.isBlank(), "pathColumn", "a name", "'" + pathColumn + "'");
    Arguments.require(!bytesColumn.isBlank(), "bytesColumn", "a name", "'" + bytesColumn + "'");
    Arguments.require(
        !pathColumn.equals(bytesColumn), "bytesColumn", "another name than pathColumn", pathColumn);
  }

  /**
   * Five classes for each image, batches of 32, images of up to {@link PredictorSettings#PIXELS},
   * the columns {@code path} and {@code content} of Spark's {@code binaryFile} source.
   *
   * @param model as the component
   */
  public static ScoringSettings of(String model) {
    return new ScoringSettings(
        model, "", TOP, BATCH, 0, PredictorSettings.PIXELS, "path", "content");
  }

  /** Returns the same with the outputs of a signature instead of classes. */
  public ScoringSettings withSignature(String key) {
    return new ScoringSettings(model, key, topK, batch, threads, pixels, pathColumn, bytesColumn);
  }

  /** Returns the same with another number of classes. */
  public ScoringSettings withTopK(int classes) {
    return new ScoringSettings(
        model, signature, classes, batch, threads, pixels, pathColumn, bytesColumn);
  }

  /** Returns the same with another number of images in a call. */
  public ScoringSettings withBatch(int images) {
    return new ScoringSettings(
        model, signature, topK, images, threads, pixels, pathColumn, bytesColumn);
  }

  /** Returns the same with another number of threads. */
  public ScoringSettings withThreads(int number) {
    return new ScoringSettings(
        model, signature, topK, batch, number, pixels, pathColumn, bytesColumn);
  }

  /** Returns the same with another maximum of pixels. */
  public ScoringSettings withPixels(long maximum) {
    return new ScoringSettings(
        model, signature, topK, batch, threads, maximum, pathColumn, bytesColumn);
  }

  /** Returns the same with other columns. */
  public ScoringSettings withColumns(String path, String bytes) {
    return new ScoringSettings(model, signature, topK, batch, threads, pixels, path, bytes);
  }

  /** Returns the settings of an executor's predictor. */
  PredictorSettings predictor() {
    return new PredictorSettings(batch, false, threads, Set.of(), pixels);
  }
}
