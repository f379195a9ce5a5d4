package dev.recal.tools.compatibility;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.graphs.detection.BoxHead;
import dev.recal.graphs.detection.Detector;
import dev.recal.graphs.detection.FeaturePyramid;
import dev.recal.graphs.detection.InferenceSettings;
import dev.recal.graphs.detection.MaskHead;
import dev.recal.graphs.detection.MaskRcnn;
import dev.recal.graphs.detection.ProposalHead;
import dev.recal.graphs.detection.RegionStage;
import dev.recal.graphs.detection.RetinaHead;
import dev.recal.graphs.detection.RetinaNet;
import dev.recal.graphs.detection.serving.DetectorServable;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.Servable;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.Norm;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Detectors with few channels, whose detections other runtimes can reproduce. */
public final class SampleDetectors {

  /** Rows of the images of the exported input size. */
  static final int HEIGHT = 64;

  /** Columns of the images of the exported input size. */
  static final int WIDTH = 96;

  private static final int CHANNELS = 8;
  private static final Norm GROUPS = new GroupNorm(4, 1e-5f, 1);

  private static final int MAXIMUM = 10;

  private static final String SCORES = "detection_scores";

  // Runtimes agree to 1e-4: closer scores could change places.
  private static final float MIN_GAP = 2e-4f;
  private static final int MIN_DETECTIONS = 1;

  private SampleDetectors() {}

  /** Returns the detectors by their titles. */
  static Map<String, Detector> all() {
    Map<String, Detector> detectors = new LinkedHashMap<>();
    detectors.put("Mask R-CNN", maskRcnn());
    detectors.put("RetinaNet", retinaNet());
    return detectors;
  }

  /**
   * Writes a detector with random weights and golden outputs as a SavedModel.
   *
   * @param title one of {@link #all}
   */
  public static Path write(String title, Path target) throws IOException {
    try (Graph graph = new Graph()) {
      Servable servable = servable(graph, all().get(title));
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        servable.store().assign(session, SampleModel.randomised(servable, session));
        List<GoldenCase> golden =
            servable.signatures().stream()
                .filter(one -> one.key().matches("detect|detect_padded|detect_lite"))
                .map(one -> new GoldenCase(one.key(), DetectorInputs.of(one).get(0)))
                .toList();
        return new SavedModelWriter(new JsonObject(), golden).write(servable, session, target);
      }
    }
  }

  /** Adds a detector to an empty graph. */
  static Servable servable(Graph graph, Detector detector) {
    Augmentation evaluation = new Augmentation.KeepRatio(HEIGHT, WIDTH, false);
    return DetectorServable.build(
        graph,
        detector,
        new InferenceSettings(minimumScore(detector), 0.5f, MAXIMUM, 40, false),
        DrawnScenes.classNames(),
        evaluation,
        new DetectorServable.Size(HEIGHT, WIDTH));
  }

  // Such that some images have fewer than the maximum.
  private static float minimumScore(Detector detector) {
    return detector instanceof RetinaNet ? 0.6f : 0.42f;
  }

  /**
   * Returns the share of a random value that a variable takes. Large logits would give scores that
   * are all 1, large deltas boxes that are all the whole image.
   */
  static float share(String variable) {
    if (variable.matches("(rpn|box|retina)/boxes/(output/)?kernel")) {
      return 0.1f;
    }
    return switch (variable) {
      case "rpn/objectness/kernel" -> 0.3f;
      case "retina/classes/output/kernel" -> 0.6f;
      case "box/classes/kernel" -> 2;
      default -> 1;
    };
  }

  /**
   * Rejects detections whose order depends on rounding.
   *
   * @throws IllegalStateException if an image has too few or too similar ones
   */
  static void requireDistinct(Map<String, TensorValue> outputs) {
    TensorValue scores = outputs.get(SCORES);
    if (scores == null) {
      return;
    }
    for (int i = 0; i < scores.length(); i++) {
      float score = scores.floats()[i];
      int place = i % MAXIMUM;
      float next = place == MAXIMUM - 1 ? 0 : scores.floats()[i + 1];
      if (place < MIN_DETECTIONS && score == 0 || score > 0 && score - next < MIN_GAP) {
        throw new IllegalStateException(
            "The lab's detections are ambiguous: " + Arrays.toString(scores.floats()));
      }
    }
  }

  private static MaskRcnn maskRcnn() {
    AttentiveNorm norm = AttentiveNorm.defaults().components(2).groups(4);
    BoxHead boxes =
        new BoxHead(
            3,
            CHANNELS,
            1,
            List.of(norm.attention(AttentiveNorm.Attention.HSIGMOID)),
            1,
            2 * CHANNELS,
            false);
    MaskHead masks = new MaskHead(4, CHANNELS, 1, Optional.of(GROUPS));
    return new MaskRcnn(
        Conventions.PLAIN,
        DrawnScenes.classNames().size(),
        backbone(),
        new FeaturePyramid(CHANNELS, 4, FeaturePyramid.Top.SUBSAMPLED, false, Optional.of(GROUPS)),
        new ProposalHead(CHANNELS, 1, List.of(4.0)),
        List.of(RegionStage.of(boxes, Optional.of(masks))));
  }

  private static RetinaNet retinaNet() {
    return new RetinaNet(
        Conventions.PLAIN,
        DrawnScenes.classNames().size(),
        backbone(),
        new FeaturePyramid(CHANNELS, 8, FeaturePyramid.Top.OF_INPUT, false, Optional.empty()),
        new RetinaHead(CHANNELS, 1, Optional.of(GROUPS), 0.1));
  }

  private static Network backbone() {
    return ResNet.imagenet(18)
        .with()
        .block(ResNet.Block.BASIC, List.of(1, 1, 1, 1))
        .channels(CHANNELS)
        .build();
  }
}
