package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.Images;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * A trained pyramid as a servable graph; all images are (N, H, W, C) in 0–1, of any size.
 *
 * <p>Signatures:
 *
 * <ul>
 *   <li>{@code serving_default} and {@code generate_from_noise}: {@code noise0} … {@code noiseN},
 *       standard normal maps for all scales, (N, h, w, 1) at the smallest and (N, h, w, C) above →
 *       {@code images} of the size of the last. Sizes are those of {@link Pyramid} for the wanted
 *       image.
 *   <li>{@code generate}: {@code seed} int64, {@code count}, {@code height}, {@code width}, {@code
 *       start_scale} int32, scalars → {@code images}. Scales below the start keep the layout of the
 *       training image: the reconstruction of the scale below it, stretched to the size.
 *   <li>{@code reconstruct}: {@code amplitude}, a scalar factor of the fixed noise, 1 for the
 *       reconstruction → {@code images}, {@code original}, the training image, and {@code noise},
 *       the fixed noise (1, h, w, 1).
 *   <li>{@code refine}: {@code images}, {@code seed}, {@code start_scale} → {@code images}: the
 *       image is reduced to the scale below the start, enlarged again and refined by all scales
 *       from the start on.
 *   <li>{@code enlarge}: {@code images}, {@code seed}, {@code factor} float → {@code images}: the
 *       last generator on the enlarged image, as in super-resolution.
 *   <li>{@code generate_bytes}, {@code reconstruct_bytes}, {@code refine_bytes}: the same with
 *       {@code image_bytes}, PNG files (N), as output; {@code refine_bytes} takes one file (1).
 * </ul>
 */
public final class PyramidServable {

  /** The output with images in 0–1, and an input. */
  public static final String IMAGES = "images";

  /** PNG files, (N). */
  public static final String FILES = "image_bytes";

  /** The maximum number of pixels, of all images together, in one call. */
  public static final int MAX_PIXELS = 1 << 20;

  private final Graph graph;
  private final Ops tf;
  private final PyramidGraph pyramid;
  private final PyramidChain chain;
  private final List<ServableSignature> signatures = new ArrayList<>();

  private PyramidServable(Graph graph, SinGan network, Pyramid sizes, int channels) {
    this.graph = graph;
    this.tf = GraphScope.ops(graph);
    VariableStore store = new VariableStore(graph, 0);
    this.pyramid = new PyramidGraph(store, network, sizes, channels);
    this.chain = new PyramidChain(pyramid);
  }

  /**
   * Builds a servable in an empty graph.
   *
   * @param graph an empty graph
   * @param channels of the image, 1 or 3
   */
  public static Servable build(Graph graph, SinGan network, Pyramid pyramid, int channels) {
    PyramidServable servable = new PyramidServable(graph, network, pyramid, channels);
    servable.generateFromNoise();
    servable.generate();
    servable.reconstruct();
    servable.refine();
    servable.refineFile();
    servable.enlarge();
    return new Servable(servable.pyramid.store(), servable.signatures, List.of());
  }

  /**
   * Rejects an image that exceeds a call's memory.
   *
   * @param name of the argument
   * @throws IllegalArgumentException if it has more than {@link #MAX_PIXELS}
   */
  public static void requirePixels(String name, long height, long width) {
    Arguments.require(
        height <= MAX_PIXELS && width <= MAX_PIXELS && height * width <= MAX_PIXELS,
        name,
        String.format(Locale.ROOT, "an image of at most %,d pixels", MAX_PIXELS),
        width + "×" + height);
  }

  private BuildContext tower(String name) {
    return BuildContext.of(pyramid.store(), Tower.serving().named(name));
  }

  private void generateFromNoise() {
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    List<Operand<TFloat32>> noise = new ArrayList<>();
    for (int scale = 0; scale < pyramid.pyramid().scales(); scale++) {
      long any = Shape.UNKNOWN_SIZE;
      Shape shape = Shape.of(any, any, any, scale == 0 ? 1 : pyramid.channels());
      Placeholder<TFloat32> map =
          tf.withName("noise" + scale).placeholder(TFloat32.class, Placeholder.shape(shape));
      inputs.put("noise" + scale, map);
      noise.add(map);
    }
    BuildContext tower = tower("generate_from_noise");
    Checked checked = new Checked(tower.tf());
    noise.forEach(checked::pixels);
    Ops after = checked.after();
    noise.replaceAll(after::identity);
    Map<String, Operand<?>> images = Map.of(IMAGES, unit(chain.ofNoise(tower, noise)));
    signatures.add(new ServableSignature("serving_default", inputs, images));
    signatures.add(new ServableSignature("generate_from_noise", inputs, images));
  }

  private void generate() {
    Operand<TInt64> seed = number("seed", TInt64.class);
    Operand<TInt32> count = number("count", TInt32.class);
    Operand<TInt32> height = number("height", TInt32.class);
    Operand<TInt32> width = number("width", TInt32.class);
    Operand<TInt32> start = number("start_scale", TInt32.class);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put("seed", seed);
    inputs.put("count", count);
    inputs.put("height", height);
    inputs.put("width", width);
    inputs.put("start_scale", start);
    BuildContext tower = tower("generate");
    Checked checked = new Checked(tower.tf());
    checked.scale(start, 0);
    checked.atLeastOne("count", count);
    checked.atLeastOne("height", height);
    checked.atLeastOne("width", width);
    checked.pixels(count, height, width);
    Ops after = checked.after();
    PyramidChain.Call call =
        new PyramidChain.Call(
            seed,
            after.identity(count),
            after.identity(height),
            after.identity(width),
            after.identity(start));
    Operand<TFloat32> images = unit(chain.generated(tower, call));
    signatures.add(new ServableSignature("generate", inputs, Map.of(IMAGES, images)));
    signatures.add(new ServableSignature("generate_bytes", inputs, files(images)));
  }

  private void reconstruct() {
    Operand<TFloat32> amplitude = number("amplitude", TFloat32.class);
    BuildContext tower = tower("reconstruct");
    Operand<TFloat32> images = unit(chain.reconstruction(tower, amplitude));
    Map<String, Operand<?>> inputs = Map.of("amplitude", amplitude);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(IMAGES, images);
    outputs.put("original", unit(pyramid.image().read()));
    outputs.put("noise", noise(tower.tf()));
    signatures.add(new ServableSignature("reconstruct", inputs, outputs));
    signatures.add(new ServableSignature("reconstruct_bytes", inputs, files(images)));
  }

  // In a scope, since TensorFlow.js expects the outputs to be Identity, Identity_1 and so on; not
  // an
  // identity of a variable, which OpenVINO drops from the outputs.
  private Operand<TFloat32> noise(Ops scope) {
    int[] shape = {1, pyramid.pyramid().height(0), pyramid.pyramid().width(0), 1};
    return scope.reshape(pyramid.fixedNoise().read(), scope.constant(shape));
  }

  private void refine() {
    long any = Shape.UNKNOWN_SIZE;
    Shape shape = Shape.of(any, any, any, pyramid.channels());
    Placeholder<TFloat32> images =
        tf.withName("refined_images").placeholder(TFloat32.class, Placeholder.shape(shape));
    Operand<TInt64> seed = number("refine_seed", TInt64.class);
    Operand<TInt32> start = number("refine_start_scale", TInt32.class);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IMAGES, images);
    inputs.put("seed", seed);
    inputs.put("start_scale", start);
    Operand<TFloat32> refined = refined(tower("refine"), images, seed, start);
    signatures.add(new ServableSignature("refine", inputs, Map.of(IMAGES, refined)));
  }

  private Operand<TFloat32> refined(
      BuildContext tower, Operand<TFloat32> images, Operand<TInt64> seed, Operand<TInt32> start) {
    Ops scope = tower.tf();
    Checked checked = new Checked(scope);
    checked.scale(start, 1);
    checked.pixels(images);
    Ops after = checked.after();
    return unit(chain.refined(tower, signed(after.identity(images)), seed, after.identity(start)));
  }

  private void refineFile() {
    Placeholder<TString> file =
        tf.withName("refined_file").placeholder(TString.class, Placeholder.shape(Shape.of(1)));
    Operand<TInt64> seed = number("refine_file_seed", TInt64.class);
    Operand<TInt32> start = number("refine_file_start_scale", TInt32.class);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(FILES, file);
    inputs.put("seed", seed);
    inputs.put("start_scale", start);
    BuildContext tower = tower("refine_bytes");
    Ops scope = tower.tf();
    Operand<TFloat32> colours =
        Images.toFloats(
            scope, Images.decodeJpeg(scope, scope.reshape(file, scope.constant(new int[0]))));
    Operand<TFloat32> image = scope.expandDims(colours, scope.constant(0));
    Operand<TFloat32> input =
        pyramid.channels() == 1
            ? scope.slice(
                image, scope.constant(new int[4]), scope.constant(new int[] {-1, -1, -1, 1}))
            : image;
    Operand<TFloat32> refined = refined(tower, input, seed, start);
    signatures.add(new ServableSignature("refine_bytes", inputs, files(refined)));
  }

  private void enlarge() {
    long any = Shape.UNKNOWN_SIZE;
    Shape shape = Shape.of(any, any, any, pyramid.channels());
    Placeholder<TFloat32> images =
        tf.withName("enlarged_images").placeholder(TFloat32.class, Placeholder.shape(shape));
    Operand<TInt64> seed = number("enlarge_seed", TInt64.class);
    Operand<TFloat32> factor = number("factor", TFloat32.class);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IMAGES, images);
    inputs.put("seed", seed);
    inputs.put("factor", factor);
    BuildContext tower = tower("enlarge");
    Ops scope = tower.tf();
    Checked checked = new Checked(scope);
    PyramidChain.Size asked = PyramidChain.Size.of(scope, images).times(scope, factor);
    checked.enlargement(factor, asked);
    checked.pixels(
        PyramidChain.element(scope, scope.shape(images), 0), asked.height(), asked.width());
    Ops after = checked.after();
    // The noise depends on the size alone, and must not be drawn before it is checked.
    PyramidChain.Size size =
        new PyramidChain.Size(after.identity(asked.height()), after.identity(asked.width()));
    Operand<TFloat32> result =
        unit(chain.enlarged(tower, signed(after.identity(images)), seed, factor, size));
    signatures.add(new ServableSignature("enlarge", inputs, Map.of(IMAGES, result)));
  }

  private <T extends org.tensorflow.types.family.TType> Operand<T> number(
      String name, Class<T> type) {
    return tf.withName(name).placeholder(type, Placeholder.shape(Shape.scalar()));
  }

  private Map<String, Operand<?>> files(Operand<TFloat32> images) {
    return Map.of(FILES, Images.encodePng(tf, images));
  }

  // −1..1 to 0–1.
  private Operand<TFloat32> unit(Operand<TFloat32> images) {
    Operand<TFloat32> half = tf.constant(0.5f);
    Operand<TFloat32> shifted = tf.math.add(tf.math.mul(images, half), half);
    return tf.math.minimum(tf.math.maximum(shifted, tf.constant(0f)), tf.constant(1f));
  }

  private Operand<TFloat32> signed(Operand<TFloat32> images) {
    return tf.math.sub(tf.math.mul(images, tf.constant(2f)), tf.constant(1f));
  }

  /** Assertions, so that a client's numbers neither crash nor exhaust the server. */
  private final class Checked {

    private final Ops scope;
    private final List<Op> checks = new ArrayList<>();

    Checked(Ops scope) {
      this.scope = scope;
    }

    void scale(Operand<TInt32> start, int first) {
      int last = pyramid.pyramid().last();
      require(
          scope.math.logicalAnd(
              scope.math.greaterEqual(start, scope.constant(first)),
              scope.math.lessEqual(start, scope.constant(last))),
          "start_scale: expected from " + first + " to " + last + ", but got:",
          List.of(start));
    }

    void atLeastOne(String name, Operand<TInt32> value) {
      require(
          scope.math.greaterEqual(value, scope.constant(1)),
          name + ": expected at least 1, but got:",
          List.of(value));
    }

    // Infinities and NaN become sizes that are out of range.
    void enlargement(Operand<TFloat32> factor, PyramidChain.Size size) {
      Operand<TInt32> one = scope.constant(1);
      require(
          scope.math.logicalAnd(
              scope.math.greaterEqual(size.height(), one),
              scope.math.greaterEqual(size.width(), one)),
          "factor: expected images of at least one pixel, but got:",
          List.of(factor));
    }

    void pixels(Operand<TFloat32> maps) {
      Operand<TInt32> shape = scope.shape(maps);
      pixels(
          PyramidChain.element(scope, shape, 0),
          PyramidChain.element(scope, shape, 1),
          PyramidChain.element(scope, shape, 2));
    }

    // In floats, whose product does not overflow.
    void pixels(Operand<TInt32> count, Operand<TInt32> height, Operand<TInt32> width) {
      Operand<TFloat32> pixels =
          scope.math.mul(floats(count), scope.math.mul(floats(height), floats(width)));
      require(
          scope.math.lessEqual(pixels, scope.constant((float) MAX_PIXELS)),
          "count, height, width: expected at most " + MAX_PIXELS + " pixels in all, but got:",
          List.of(count, height, width));
    }

    private Operand<TFloat32> floats(Operand<TInt32> value) {
      return scope.dtypes.cast(value, TFloat32.class);
    }

    private void require(Operand<TBool> condition, String sentence, List<Operand<?>> values) {
      List<Operand<?>> data = new ArrayList<>();
      data.add(scope.constant(sentence));
      data.addAll(values);
      checks.add(scope.assertThat(condition, data));
    }

    Ops after() {
      return scope.withControlDependencies(checks);
    }
  }
}
