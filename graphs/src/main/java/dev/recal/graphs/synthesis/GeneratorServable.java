package dev.recal.graphs.synthesis;

import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.Images;
import java.util.LinkedHashMap;
import java.util.List;
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

/**
 * An image generator as a servable graph.
 *
 * <p>Signatures: {@code serving_default} and {@code generate} ({@code z} (N, latent) → {@code
 * images} (N, size, size, 3) in 0–1), {@code generate_seeded} ({@code seed} int64, {@code count}
 * int32, scalars → {@code images}), {@code mix} ({@code z}, {@code style}, both (N, latent) →
 * {@code images}), {@code generate_bytes} and {@code generate_seeded_bytes} (the same inputs →
 * {@code image_bytes}, PNG files (N)).
 *
 * <p>An image depends only on its z and, in {@code mix}, its style, regardless of its position in a
 * batch: the noise that the network adds is fixed. {@code generate_seeded} uses the rows of {@link
 * Latents#sampled}, so that a larger count adds images and changes none.
 */
public final class GeneratorServable {

  /** The scope of the generator's variables. */
  public static final String SCOPE = "generator";

  /** The input with latent vectors. */
  public static final String Z = "z";

  /** The input with the latent vectors of the style. */
  public static final String STYLE = "style";

  /** The output with images in 0–1. */
  public static final String IMAGES = "images";

  private static final String FILES = "image_bytes";
  // The maximum size of one call of a seeded signature: 64 images of 256×256.
  private static final int MAX_PIXELS = 1 << 22;

  private GeneratorServable() {}

  /**
   * Builds a servable in an empty graph.
   *
   * @param graph an empty graph
   * @param generator the network
   * @param seed of the run that trained it, which determines the network's noise
   */
  public static Servable build(Graph graph, FastGanGenerator generator, long seed) {
    VariableStore store = new VariableStore(graph, seed);
    Ops tf = GraphScope.ops(graph);
    Shape latents = Shape.of(Shape.UNKNOWN_SIZE, generator.latent());
    Placeholder<TFloat32> z =
        tf.withName(Z).placeholder(TFloat32.class, Placeholder.shape(latents));
    Placeholder<TFloat32> style =
        tf.withName(STYLE).placeholder(TFloat32.class, Placeholder.shape(latents));
    Placeholder<TInt64> number =
        tf.withName("seed").placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    Placeholder<TInt32> count =
        tf.withName("count").placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));

    Operand<TFloat32> generated = images(generator.build(at(store, "generate"), z).images(), tf);
    Operand<TFloat32> sampled = sampled(tf.withSubScope("draw"), generator, number, count);
    Operand<TFloat32> seeded =
        images(generator.build(at(store, "generate_seeded"), sampled).images(), tf);
    Operand<TFloat32> mixed = images(generator.mix(at(store, "mix"), z, style).images(), tf);

    Map<String, Operand<?>> vectors = Map.of(Z, z);
    Map<String, Operand<?>> numbers = new LinkedHashMap<>();
    numbers.put("seed", number);
    numbers.put("count", count);
    Map<String, Operand<?>> pair = new LinkedHashMap<>();
    pair.put(Z, z);
    pair.put(STYLE, style);
    return new Servable(
        store,
        List.of(
            new ServableSignature("serving_default", vectors, Map.of(IMAGES, generated)),
            new ServableSignature("generate", vectors, Map.of(IMAGES, generated)),
            new ServableSignature("generate_seeded", numbers, Map.of(IMAGES, seeded)),
            new ServableSignature("mix", pair, Map.of(IMAGES, mixed)),
            new ServableSignature("generate_bytes", vectors, files(tf, generated)),
            new ServableSignature("generate_seeded_bytes", numbers, files(tf, seeded))),
        List.of());
  }

  /** Returns the maximum number of images of a size in one call of a seeded signature. */
  public static int maxImages(int size) {
    return Math.max(1, MAX_PIXELS / (size * size));
  }

  private static BuildContext at(VariableStore store, String tower) {
    return BuildContext.of(store, Tower.serving().named(tower)).at(SCOPE);
  }

  // A client's number must not exhaust the server's memory.
  private static Operand<TFloat32> sampled(
      Ops tf, FastGanGenerator generator, Operand<TInt64> seed, Operand<TInt32> count) {
    int most = maxImages(generator.size());
    Operand<TBool> sensible =
        tf.math.logicalAnd(
            tf.math.greaterEqual(count, tf.constant(1)),
            tf.math.lessEqual(count, tf.constant(most)));
    Op check =
        tf.assertThat(
            sensible,
            List.of(tf.constant("count: expected from 1 to " + most + ", but got:"), count));
    Ops checked = tf.withControlDependencies(List.of(check));
    return Latents.sampled(tf, seed, checked.identity(count), generator.latent());
  }

  private static Operand<TFloat32> images(Operand<TFloat32> values, Ops tf) {
    Operand<TFloat32> half = tf.constant(0.5f);
    Operand<TFloat32> shifted = tf.math.add(tf.math.mul(values, half), half);
    // TFLite has no built-in ClipByValue.
    return tf.math.minimum(tf.math.maximum(shifted, tf.constant(0f)), tf.constant(1f));
  }

  private static Map<String, Operand<?>> files(Ops tf, Operand<TFloat32> images) {
    return Map.of(FILES, Images.encodePng(tf, images));
  }
}
