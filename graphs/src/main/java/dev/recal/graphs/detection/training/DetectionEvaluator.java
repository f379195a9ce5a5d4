package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.coco.Detection;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.detection.Detections;
import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.graphs.detection.found.FoundObjects;
import dev.recal.graphs.detection.metrics.CocoEvaluator;
import dev.recal.graphs.detection.metrics.CocoSettings;
import dev.recal.graphs.detection.metrics.Region;
import dev.recal.ops.detection.Conventions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;

/** Evaluates a detector on held-out images as COCO does. */
final class DetectionEvaluator {

  private final Detections detections;
  private final Conventions conventions;
  private final InputPipeline input;
  private final TrueObjects truths;
  private final List<Operand<?>> fetched = new ArrayList<>();

  /**
   * What an evaluation hands out of its first images, for pictures.
   *
   * @param pixels (height, width, 3) in 0–1
   * @param height of the detector's input
   * @param width of the detector's input
   * @param objects in the input's pixels
   */
  record Sample(float[] pixels, int height, int width, List<FoundObject> objects) {}

  /**
   * Prepares evaluations.
   *
   * @param detections of the input's images
   * @param input in the order of the set
   */
  DetectionEvaluator(
      Detections detections, Conventions conventions, InputPipeline input, TrueObjects truths) {
    this.detections = detections;
    this.conventions = conventions;
    this.input = input;
    this.truths = truths;
    TargetBatch.Objects objects = input.targets(TargetBatch.Objects.class);
    fetched.add(input.marks());
    fetched.add(objects.items());
    fetched.add(objects.sizes());
    fetched.add(detections.boxes());
    fetched.add(detections.scores());
    fetched.add(detections.classes());
    fetched.add(detections.counts());
    detections.masks().ifPresent(fetched::add);
  }

  /**
   * Evaluates all images once that can be read.
   *
   * @throws IOException if none can
   */
  DetectionSummary evaluate(Session session) throws IOException {
    CocoEvaluator boxes = evaluator(Region.BOXES);
    CocoEvaluator masks = evaluator(Region.MASKS);
    boolean hasMasks = detections.masks().isPresent();
    long images = 0;
    long found = 0;
    input.start(session, 0, 0);
    for (long batch = 0; batch < input.batchesPerEpoch(); batch++) {
      try (Result result = run(session)) {
        if (!input.reportUnreadable(result.get(0))) {
          continue;
        }
        int[] items = FoundObjects.ints(result.get(1));
        float[] sizes = FoundObjects.floats(result.get(2));
        FoundObjects objects = FoundObjects.copyOf(outputs(result));
        for (int i = 0; i < items.length; i++) {
          TrueObjects.Image image = truths.image(items[i]);
          List<Detection> ofImage = inImage(objects, i, image, sizes[2 * i], sizes[2 * i + 1]);
          boxes.add(image.id(), image.objects(), ofImage);
          hasMasks &= image.objects().stream().allMatch(object -> object.mask().isPresent());
          if (hasMasks) {
            masks.add(image.id(), image.objects(), ofImage);
          }
          images++;
          found += ofImage.size();
        }
      }
    }
    if (images == 0) {
      throw new IOException("None of the images to evaluate can be read.");
    }
    return new DetectionSummary(
        images, found, boxes.result(), hasMasks ? Optional.of(masks.result()) : Optional.empty());
  }

  /**
   * Returns the first images with what is found in them.
   *
   * @param count at most
   */
  List<Sample> samples(Session session, int count) {
    List<Sample> samples = new ArrayList<>();
    input.start(session, 0, 0);
    for (long batch = 0; batch < input.batchesPerEpoch() && samples.size() < count; batch++) {
      try (Result result = run(session)) {
        TFloat32 images = (TFloat32) result.get(fetched.size());
        int height = Math.toIntExact(images.shape().get(1));
        int width = Math.toIntExact(images.shape().get(2));
        float[] pixels = FoundObjects.floats(images);
        int length = height * width * 3;
        FoundObjects objects = FoundObjects.copyOf(outputs(result));
        for (int i = 0; i < objects.images() && samples.size() < count; i++) {
          float[] own = Arrays.copyOfRange(pixels, i * length, (i + 1) * length);
          samples.add(new Sample(own, height, width, objects.of(i, 1, 1)));
        }
      }
    }
    return samples;
  }

  private CocoEvaluator evaluator(Region region) {
    return new CocoEvaluator(region, truths.categories(), CocoSettings.defaults());
  }

  private Result run(Session session) {
    Session.Runner runner = session.runner();
    fetched.forEach(runner::fetch);
    return runner.fetch(input.images()).run();
  }

  private List<Tensor> outputs(Result result) {
    List<Tensor> outputs = new ArrayList<>();
    for (int i = 3; i < fetched.size(); i++) {
      outputs.add(result.get(i));
    }
    return outputs;
  }

  private List<Detection> inImage(
      FoundObjects objects, int index, TrueObjects.Image image, float height, float width) {
    List<Detection> detections = new ArrayList<>();
    for (FoundObject object : objects.of(index, image.height() / height, image.width() / width)) {
      truths
          .category(object.label())
          .map(id -> object.detection(conventions, image.id(), id, image.height(), image.width()))
          .ifPresent(detections::add);
    }
    return detections;
  }
}
