package dev.recal.graphs.data.pipeline;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Test-time augmentation: an image is evaluated in several views, whose probabilities are averaged
 * (Krizhevsky et al. 2012, section 4.1). An exported model answers for one view.
 *
 * @param flip whether each view is also mirrored left and right
 * @param corners whether the four corners of the image count besides its centre; the image is the
 *     centred square of {@link Augmentation.CenterCrop}, of its {@code resize} in rows and columns
 */
public record Views(boolean flip, boolean corners) {

  /** The image itself. */
  public static final Views SINGLE = new Views(false, false);

  /** The image and its mirror image. */
  public static Views defaults() {
    return new Views(true, false);
  }

  /** The number of views of an image. */
  public int count() {
    return (corners ? 5 : 1) * (flip ? 2 : 1);
  }

  /**
   * Returns how large images must be delivered to have these views.
   *
   * @param size rows and columns of a view
   * @param evaluation how images are brought to size
   * @throws IllegalArgumentException if the corners equal the centre
   */
  public int delivered(int size, Augmentation evaluation) {
    if (!corners) {
      return size;
    }
    Arguments.require(
        evaluation instanceof Augmentation.CenterCrop crop && crop.resize() > size,
        "views.corners",
        "an evaluationAugmentation of the type center-crop with a resize above " + size,
        evaluation);
    return ((Augmentation.CenterCrop) evaluation).resize();
  }

  /**
   * Adds the operations.
   *
   * @param images n×height×width×3
   * @param size rows and columns of a view, at most those of the images
   * @return (count·n)×size×size×3, one view of all images after the other; the images themselves if
   *     there is one view
   */
  public Operand<TFloat32> of(Ops tf, Operand<TFloat32> images, int size) {
    List<Operand<TFloat32>> views = new ArrayList<>();
    if (corners) {
      int rest = (int) images.shape().get(1) - size;
      // As torchvision's five_crop: the corners, then the centre.
      for (int[] corner :
          new int[][] {{0, 0}, {0, rest}, {rest, 0}, {rest, rest}, {rest / 2, rest / 2}}) {
        views.add(
            tf.slice(
                images,
                tf.constant(new int[] {0, corner[0], corner[1], 0}),
                tf.constant(new int[] {-1, size, size, 3})));
      }
    } else {
      views.add(images);
    }
    if (flip) {
      List.copyOf(views).forEach(view -> views.add(tf.reverse(view, tf.constant(new int[] {2}))));
    }
    return views.size() == 1 ? views.get(0) : tf.concat(views, tf.constant(0));
  }

  /**
   * Adds the mean of the views' probabilities, as logits.
   *
   * @param logits (count·n)×classes
   * @param classes their number
   * @return n×classes, the logarithms of the mean probabilities; the logits if there is one view
   */
  public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> logits, int classes) {
    if (count() == 1) {
      return logits;
    }
    Operand<TFloat32> mean = average(tf, tf.nn.softmax(logits), classes);
    // maximum keeps NaN, so that an image without finite logits stays undecided.
    return tf.math.log(tf.math.maximum(mean, tf.constant(Float.MIN_NORMAL)));
  }

  /**
   * Adds the mean of the views' probabilities of classes of which an image may have several, as
   * logits of a sigmoid.
   *
   * @param logits (count·n)×classes
   * @param classes their number
   * @return n×classes; the logits if there is one view
   */
  public Operand<TFloat32> meanOfEach(Ops tf, Operand<TFloat32> logits, int classes) {
    if (count() == 1) {
      return logits;
    }
    Operand<TFloat32> least = tf.constant(Float.MIN_NORMAL);
    Operand<TFloat32> present = average(tf, tf.math.sigmoid(logits), classes);
    Operand<TFloat32> absent = average(tf, tf.math.sigmoid(tf.math.neg(logits)), classes);
    return tf.math.sub(
        tf.math.log(tf.math.maximum(present, least)), tf.math.log(tf.math.maximum(absent, least)));
  }

  /**
   * Adds the mean of the views' values.
   *
   * @param values (count·n)×columns
   * @return n×columns
   */
  public Operand<TFloat32> average(Ops tf, Operand<TFloat32> values, int columns) {
    if (count() == 1) {
      return values;
    }
    Operand<TFloat32> views = tf.reshape(values, tf.constant(new int[] {count(), -1, columns}));
    return tf.math.mean(views, tf.constant(0));
  }
}
