package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.ColourJitter;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.graphs.data.targets.ObjectSettings;
import dev.recal.graphs.task.RecipeSources;
import dev.recal.ops.Arguments;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The images and objects that a detector is trained and evaluated on, and their preparation.
 *
 * @param training the training images
 * @param evaluation the evaluation images; if absent, a share is split off
 * @param holdOut that share, between 0 and 1
 * @param height of the detector's input
 * @param width of the detector's input
 * @param augmentation how training images are resized
 * @param jitter random changes of colour
 * @param evaluationAugmentation how evaluated or served images are resized
 * @param maxObjects most objects of an image in training; the first are used
 * @param minSide objects with a side below this many pixels after resizing are not trained on
 * @param memoryLimitBytes a set whose decoded images take less is decoded once
 */
public record DetectionData(
    DataSource training,
    Optional<DataSource> evaluation,
    double holdOut,
    int height,
    int width,
    Augmentation augmentation,
    ColourJitter jitter,
    Augmentation evaluationAugmentation,
    int maxObjects,
    double minSide,
    long memoryLimitBytes) {

  /** Rejects missing settings, random evaluation and numbers out of range. */
  public DetectionData {
    Objects.requireNonNull(augmentation, "augmentation");
    Objects.requireNonNull(jitter, "jitter");
    Objects.requireNonNull(evaluationAugmentation, "evaluationAugmentation");
    new RecipeSources(training, evaluation, holdOut, memoryLimitBytes);
    Arguments.atLeast(1, "height", height);
    Arguments.atLeast(1, "width", width);
    new ObjectSettings(maxObjects, minSide, ObjectSettings.MaskForm.none());
    Arguments.require(
        !evaluationAugmentation.isRandom(),
        "evaluationAugmentation",
        "one that is not random",
        evaluationAugmentation);
  }

  /** Drawn scenes of 128×128, mirrored at random. */
  public static DetectionData defaults() {
    return new DetectionData(
        DrawnScenes.train(),
        Optional.of(DrawnScenes.test()),
        0.1,
        128,
        128,
        new Augmentation.PadCropFlip(0, true),
        ColourJitter.NONE,
        Augmentation.none(),
        100,
        1,
        OpenSettings.DEFAULT_MEMORY_LIMIT);
  }

  /** Returns where the images come from. */
  public RecipeSources sources() {
    return new RecipeSources(training, evaluation, holdOut, memoryLimitBytes);
  }

  /** Returns the same for other images, of which a share is held out if no others are given. */
  public DetectionData with(DataSource images, Optional<DataSource> evaluated) {
    return new DetectionData(
        images,
        evaluated,
        holdOut,
        height,
        width,
        augmentation,
        jitter,
        evaluationAugmentation,
        maxObjects,
        minSide,
        memoryLimitBytes);
  }

  /** Returns the same whose relative paths start at a directory. */
  public DetectionData at(Path base) {
    return with(training.at(base), evaluation.map(source -> source.at(base)));
  }

  /**
   * Returns how images are prepared for a training step.
   *
   * @param masks whether masks are needed
   */
  PipelineSettings trainingInput(int batch, long seed, boolean masks) {
    ObjectSettings.MaskForm form =
        masks ? ObjectSettings.MaskForm.whole() : ObjectSettings.MaskForm.none();
    return PipelineSettings.training(batch, height, width, augmentation, seed)
        .withJitter(jitter)
        .withMemoryLimitBytes(memoryLimitBytes)
        .withObjects(new ObjectSettings(maxObjects, minSide, form));
  }

  /** Returns how images are prepared for evaluation, in which objects come from the data set. */
  PipelineSettings evaluationInput(int batch) {
    return PipelineSettings.evaluation(batch, height, width, evaluationAugmentation)
        .withMemoryLimitBytes(memoryLimitBytes)
        .withObjects(new ObjectSettings(Integer.MAX_VALUE, 0, ObjectSettings.MaskForm.none()));
  }
}
