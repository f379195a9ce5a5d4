package dev.recal.graphs.style;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.style.loss.FeatureMoments;
import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.pool.Resize;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A network that gives images the styles of any other images: a fixed encoder's features of the
 * content get the mean and deviation of the style's in each channel, and are decoded.
 *
 * <p>Huang, Belongie 2017, "Arbitrary Style Transfer in Real-time with Adaptive Instance
 * Normalization" (arXiv 1703.06868); official code: github xunhuang1995/AdaIN-style. Sides that are
 * not multiples of the encoder's stride are reflected up to one, and cropped at the end.
 *
 * @param map of the encoder, which is decoded
 * @param levels of the decoder, from the coarsest; the last convolution gives 3 channels
 */
public record ArbitraryStyle(String map, List<DecoderLevel> levels) {

  /** Rejects a missing map, and a decoder that does not end with 3 channels. */
  public ArbitraryStyle {
    Objects.requireNonNull(map, "map");
    levels = List.copyOf(levels);
    Arguments.require(!levels.isEmpty(), "levels", "at least one level", levels);
    List<Integer> last = levels.get(levels.size() - 1).channels();
    Arguments.require(last.get(last.size() - 1) == 3, "levels", "3 channels at the end", last);
  }

  /** For random features: their third map. */
  public static ArbitraryStyle defaults() {
    return of(
        "relu3_3", List.of(List.of(32), List.of(32, 32, 16), List.of(16, 16), List.of(16, 3)));
  }

  /** The mirror of VGG up to relu4_1, as published. */
  public static ArbitraryStyle vgg() {
    return of(
        "relu4_1",
        List.of(List.of(256), List.of(256, 256, 256, 128), List.of(128, 64), List.of(64, 3)));
  }

  private static ArbitraryStyle of(String map, List<List<Integer>> channels) {
    return new ArbitraryStyle(map, channels.stream().map(DecoderLevel::new).toList());
  }

  /** Returns how many pixels of an image a feature has in each direction. */
  public int stride() {
    return 1 << (levels.size() - 1);
  }

  /** Returns the smallest height and width of an image, of which a feature has two pixels. */
  public int minimumSide() {
    return stride() + 1;
  }

  /**
   * The normalised features and what they were decoded to.
   *
   * @param target (N, h, w, C)
   * @param images (N, H, W, 3), of the content's size; most values are in 0–1, but not clipped
   */
  public record Stylized(Operand<TFloat32> target, Operand<TFloat32> images) {}

  /**
   * Adds the network.
   *
   * @param encoder gives the features
   * @param content (N, H, W, 3) in 0–1
   * @param styles (N, h, w, 3) or (1, h, w, 3) in 0–1
   * @param strength a scalar: 0 for the content's own features, 1 for normalised ones
   */
  public Stylized build(
      BuildContext context,
      LossNetwork encoder,
      Operand<TFloat32> content,
      Operand<TFloat32> styles,
      Operand<TFloat32> strength) {
    Ops tf = context.tf();
    Operand<TFloat32> own = features(tf.withSubScope("content"), encoder, reflected(tf, content));
    Operand<TFloat32> theirs = features(tf.withSubScope("style"), encoder, styles);
    Operand<TFloat32> normalised = FeatureMoments.of(tf, theirs).applyTo(tf, own);
    Operand<TFloat32> target =
        tf.math.add(own, tf.math.mul(strength, tf.math.sub(normalised, own)));
    return new Stylized(target, cropped(tf, decode(context.at("decoder"), target), content));
  }

  private Operand<TFloat32> features(Ops tf, LossNetwork encoder, Operand<TFloat32> images) {
    Operand<TFloat32> signed = tf.math.sub(tf.math.mul(images, tf.constant(2f)), tf.constant(1f));
    Map<String, Operand<TFloat32>> maps = encoder.build(tf, signed, List.of(map));
    return maps.get(map);
  }

  private Operand<TFloat32> decode(BuildContext context, Operand<TFloat32> features) {
    Operand<TFloat32> x = features;
    for (int level = 0; level < levels.size(); level++) {
      List<Integer> channels = levels.get(level).channels();
      x = level == 0 ? x : doubled(context.tf(), x);
      for (int i = 0; i < channels.size(); i++) {
        Conv2d layer =
            Conv2d.of(channels.get(i), 3)
                .padding(Padding.REFLECTED)
                .biased()
                .initializer(VarianceScaling.heNormalFanIn());
        x = layer.build(context.at("level" + level).at("conv" + i), x);
        boolean last = level == levels.size() - 1 && i == channels.size() - 1;
        x = last ? x : context.tf().nn.relu(x);
      }
    }
    return x;
  }

  private static Operand<TFloat32> doubled(Ops tf, Operand<TFloat32> x) {
    return Resize.NEAREST.to(tf, x, TransformerGraph.doubledSize(tf, x));
  }

  private boolean fits(Operand<TFloat32> images) {
    return Shapes.hasStaticSize(images)
        && Shapes.height(images) % stride() == 0
        && Shapes.width(images) % stride() == 0;
  }

  private Operand<TFloat32> reflected(Ops tf, Operand<TFloat32> images) {
    if (fits(images)) {
      return images;
    }
    Operand<TInt32> size =
        tf.stack(List.of(Shapes.size(tf, images, 1), Shapes.size(tf, images, 2)));
    Operand<TInt32> stride = tf.constant(stride());
    // The remainder of −size, of positive numbers.
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> missing =
        tf.math.sub(tf.math.sub(stride, one), tf.math.floorMod(tf.math.sub(size, one), stride));
    Operand<TInt32> after =
        tf.concat(
            List.of(tf.constant(new int[] {0}), missing, tf.constant(new int[] {0})),
            tf.constant(0));
    Operand<TInt32> border = tf.stack(List.of(tf.constant(new int[4]), after), Stack.axis(1L));
    Operand<TFloat32> padded = tf.mirrorPad(images, border, "REFLECT");
    // A computed border hides the number of channels, which LiteRT's convolutions need to know.
    Operand<TInt32> shape =
        tf.stack(
            List.of(
                Shapes.size(tf, padded, 0),
                Shapes.size(tf, padded, 1),
                Shapes.size(tf, padded, 2),
                tf.constant(Shapes.channels(images))));
    return tf.reshape(padded, shape);
  }

  private Operand<TFloat32> cropped(Ops tf, Operand<TFloat32> x, Operand<TFloat32> images) {
    if (fits(images)) {
      return x;
    }
    return TransformerGraph.croppedTo(tf, x, images);
  }
}
