package dev.recal.graphs.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class DetectionsTest {

  private static final int HEIGHT = 64;
  private static final int WIDTH = 96;
  private static final float[] SIZES = {64, 80, 40, 96};
  private static final InferenceSettings SETTINGS =
      new InferenceSettings(0.05f, 0.5f, 12, 40, false);

  /** Values of detections; scores, classes and masks by image. */
  private record Found(
      float[] boxes, float[] scores, float[] classes, float[] counts, float[] masks) {}

  /** What is built, and with which weights it runs. */
  private record Case(DetectorInference inference, Shape shape, Map<String, float[]> weights) {

    Found run(float[] images, float... sizes) {
      int count = sizes.length / 2;
      try (Graph graph = new Graph()) {
        VariableStore store = new VariableStore(graph, 1);
        Ops tf = GraphScope.ops(graph);
        Placeholder<TFloat32> input = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
        Placeholder<TFloat32> inputSizes =
            tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape.get(0), 2)));
        Detections built =
            inference.build(BuildContext.of(store, Tower.serving()), input, inputSizes);
        requireShapes(built);
        List<Operand<?>> fetches =
            new ArrayList<>(
                List.of(built.boxes(), built.scores(), built.classes(), built.counts()));
        built.masks().ifPresent(fetches::add);
        try (Session session = Sessions.unoptimised(graph);
            TFloat32 fed =
                TFloat32.tensorOf(Shape.of(count, HEIGHT, WIDTH, 3), DataBuffers.of(images));
            TFloat32 fedSizes = TFloat32.tensorOf(Shape.of(count, 2), DataBuffers.of(sizes))) {
          store.initialize(session);
          scatter(store, session);
          store.assign(session, weights);
          Session.Runner runner = session.runner().feed(input, fed).feed(inputSizes, fedSizes);
          fetches.forEach(runner::fetch);
          try (var result = runner.run()) {
            List<float[]> values = new ArrayList<>();
            result.forEach(entry -> values.add(floats(entry.getValue())));
            return new Found(
                values.get(0),
                values.get(1),
                values.get(2),
                values.get(3),
                values.size() > 4 ? values.get(4) : new float[0]);
          }
        }
      }
    }

    private void requireShapes(Detections built) {
      long maximum = inference.settings().maximum();
      long images = shape.get(0);
      assertThat(built.boxes().shape().asArray()).containsExactly(images, maximum, 4);
      assertThat(built.scores().shape().asArray()).containsExactly(images, maximum);
      assertThat(built.classes().shape().asArray()).containsExactly(images, maximum);
      built
          .masks()
          .ifPresent(
              masks -> assertThat(masks.shape().asArray()).containsExactly(images, maximum, 8, 8));
    }

    // Larger weights at the outputs, so that scores are well apart.
    private static void scatter(VariableStore store, Session session) {
      Map<String, float[]> scaled = new LinkedHashMap<>();
      store
          .values(session)
          .forEach(
              (name, values) -> {
                boolean classes =
                    name.matches(
                        "rpn/objectness/kernel|box\\d?/classes/kernel|retina/classes/output/kernel");
                boolean boxes =
                    name.matches("(rpn|box\\d?)/boxes/kernel|retina/boxes/output/kernel");
                if (classes || boxes) {
                  float factor = boxes ? 20 : name.startsWith("retina") ? 50 : 200;
                  float[] larger = values.clone();
                  for (int i = 0; i < larger.length; i++) {
                    larger[i] *= factor;
                  }
                  scaled.put(name, larger);
                }
              });
      store.assign(session, scaled);
    }

    private static float[] floats(Tensor tensor) {
      float[] values = new float[(int) tensor.shape().size()];
      if (tensor instanceof TFloat32 real) {
        real.asRawTensor().data().asFloats().read(values);
      } else {
        int[] ints = new int[values.length];
        ((TInt32) tensor).asRawTensor().data().asInts().read(ints);
        for (int i = 0; i < ints.length; i++) {
          values[i] = ints[i];
        }
      }
      return values;
    }
  }

  private static MaskRcnn cascade() {
    MaskRcnn net = DetectorTest.tiny();
    RegionStage stage = net.stages().get(0);
    return new MaskRcnn(
        Conventions.LEGACY,
        3,
        net.backbone(),
        net.pyramid(),
        net.proposals(),
        RegionStage.cascade(stage.boxes(), stage.masks()).subList(0, 2));
  }

  static Stream<Detector> detectors() {
    return Stream.of(
        DetectorTest.tiny(),
        DetectorTest.tiny().conventions(Conventions.TORCHVISION),
        cascade(),
        DetectorTest.tinyRetinaNet());
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void bothFormsFindTheSameWhateverIsInThePadding(Detector detector) {
    float[] images = images(0);
    Shape known = Shape.of(2, HEIGHT, WIDTH, 3);
    Shape unknown = Shape.of(-1, -1, -1, 3);
    DetectorInference plain = new DetectorInference(detector, SETTINGS);
    DetectorInference lite = new DetectorInference(detector, SETTINGS.forLite());

    Found found = new Case(plain, unknown, Map.of()).run(images, SIZES);
    Found other = new Case(lite, known, Map.of()).run(images(0.7f), SIZES);

    requireValid(detector, found);
    assertThat(other.counts()).containsExactly(found.counts());
    assertThat(other.classes()).containsExactly(found.classes());
    assertThat(other.scores()).containsExactly(found.scores(), within(1e-4f));
    assertThat(other.boxes()).containsExactly(found.boxes(), within(1e-2f));
    assertThat(other.masks()).containsExactly(found.masks(), within(1e-3f));
  }

  private static void requireValid(Detector detector, Found found) {
    int maximum = SETTINGS.maximum();
    float last = detector.conventions().inclusive() ? 1 : 0;
    for (int image = 0; image < 2; image++) {
      int count = (int) found.counts()[image];
      assertThat(count).isBetween(2, maximum);
      for (int i = 0; i < maximum; i++) {
        int at = image * maximum + i;
        float[] box = Arrays.copyOfRange(found.boxes(), 4 * at, 4 * at + 4);
        if (i >= count) {
          assertThat(box).containsOnly(0);
          assertThat(found.scores()[at]).isZero();
          assertThat(found.classes()[at]).isZero();
          continue;
        }
        assertThat(found.scores()[at]).isGreaterThan(0.05f).isLessThanOrEqualTo(1);
        assertThat(found.classes()[at]).isBetween(0f, 2f);
        assertThat(box[0]).isGreaterThanOrEqualTo(0).isLessThanOrEqualTo(box[2]);
        assertThat(box[1]).isGreaterThanOrEqualTo(0).isLessThanOrEqualTo(box[3]);
        assertThat(box[2]).isLessThanOrEqualTo(SIZES[2 * image + 1] - last);
        assertThat(box[3]).isLessThanOrEqualTo(SIZES[2 * image] - last);
      }
    }
    for (float value : found.masks()) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  // Random, with a value in the padding.
  private static float[] images(float padding) {
    Random random = new Random(5);
    float[] images = new float[2 * HEIGHT * WIDTH * 3];
    for (int i = 0; i < images.length; i++) {
      float value = random.nextFloat();
      int pixel = i / 3;
      int image = pixel / (HEIGHT * WIDTH);
      boolean inside =
          pixel / WIDTH % HEIGHT < SIZES[2 * image] && pixel % WIDTH < SIZES[2 * image + 1];
      images[i] = inside ? value : padding;
    }
    return images;
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void withoutDetectionsEverythingIsZero(Detector detector) {
    InferenceSettings certain = new InferenceSettings(0.9999999f, 0.5f, 3, 10, false);
    DetectorInference inference = new DetectorInference(detector, certain);
    Found found =
        new Case(inference, Shape.of(1, HEIGHT, WIDTH, 3), Map.of())
            .run(new float[HEIGHT * WIDTH * 3], 0, 0);
    for (float[] values :
        List.of(found.boxes(), found.scores(), found.classes(), found.counts(), found.masks())) {
      for (float value : values) {
        assertThat(value).isZero();
      }
    }
  }

  // All proposals of a level are equal, so the first anchor is the only one, and the heads give
  // their biases.
  @Test
  void aCascadeAveragesLogitsAndRefinesBoxes() {
    MaskRcnn net = cascade().conventions(Conventions.PLAIN);
    Map<String, float[]> weights = new LinkedHashMap<>();
    weights.put("rpn/objectness/kernel", new float[3 * 8]);
    weights.put("rpn/boxes/kernel", new float[12 * 8]);
    for (String stage : List.of("box1", "box2")) {
      weights.put(stage + "/classes/kernel", new float[16 * 4]);
      weights.put(stage + "/boxes/kernel", new float[16 * 4]);
    }
    weights.put("box1/classes/bias", new float[] {0, 3, 0, 0});
    weights.put("box2/classes/bias", new float[] {0, 1, 1, 0});
    weights.put("box1/boxes/bias", new float[] {2, 0, 0, 0});
    weights.put("box2/boxes/bias", new float[] {0, 4, 0, (float) (10 * Math.log(2))});
    DetectorInference inference =
        new DetectorInference(net, new InferenceSettings(0.2f, 0.5f, 2, 1, false));

    Found found =
        new Case(inference, Shape.of(1, HEIGHT, WIDTH, 3), weights)
            .run(Arrays.copyOf(images(0), HEIGHT * WIDTH * 3), HEIGHT, WIDTH);

    double sum = 2 + Math.exp(2) + Math.exp(0.5);
    assertThat(found.counts()).containsExactly(1);
    assertThat(found.classes()[0]).isEqualTo(1);
    assertThat(found.scores()[0]).isEqualTo((float) (Math.exp(2) / sum), within(1e-5f));
    // The anchor of the ratio 0.5 is (−22.6, −11.3, 22.6, 11.3), clipped; the deviations are 0.1
    // and 0.05 of centres, 0.1 of the second stage's extents. The upper edge is clipped again.
    float width = (float) (16 * Math.sqrt(2));
    float height = width / 2;
    float middle = height / 2 + 4 * 0.05f * height;
    assertThat(Arrays.copyOf(found.boxes(), 4))
        .containsExactly(
            new float[] {0.2f * width, 0, 1.2f * width, middle + height}, within(1e-3f));
  }

  @Test
  void rejectsInvalidSettingsAndBatchesOfUnknownSize() {
    assertThatThrownBy(() -> new InferenceSettings(1, 0.5f, 100, 1000, false))
        .hasMessage("minimumScore: expected at least 0 and below 1, but got 1.0.");
    DetectorInference lite =
        new DetectorInference(DetectorTest.tiny(), InferenceSettings.defaults().forLite());
    assertThatThrownBy(
            () -> new Case(lite, Shape.of(-1, HEIGHT, WIDTH, 3), Map.of()).run(new float[0], 0, 0))
        .hasMessageContaining("expected a known number of images");
  }
}
