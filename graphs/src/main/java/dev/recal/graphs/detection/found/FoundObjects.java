package dev.recal.graphs.detection.found;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The objects that a detector found in each image of a batch, read from its outputs.
 *
 * @param boxes (N, K, 4)
 * @param scores (N, K)
 * @param classes (N, K)
 * @param counts (N)
 * @param masks (N, K, M, M); empty without masks
 * @param places K
 */
public record FoundObjects(
    float[] boxes,
    float[] scores,
    int[] classes,
    int[] counts,
    Optional<float[]> masks,
    int places) {

  /**
   * Copies outputs.
   *
   * @param outputs boxes, scores, classes, counts and, if there are, masks; see {@link
   *     dev.recal.graphs.detection.Detections}
   */
  public static FoundObjects copyOf(List<Tensor> outputs) {
    TFloat32 scores = (TFloat32) outputs.get(1);
    return new FoundObjects(
        floats(outputs.get(0)),
        floats(scores),
        ints(outputs.get(2)),
        ints(outputs.get(3)),
        outputs.size() > 4 ? Optional.of(floats(outputs.get(4))) : Optional.empty(),
        Math.toIntExact(scores.shape().get(1)));
  }

  /** Returns the number of images. */
  public int images() {
    return counts.length;
  }

  /**
   * Returns the objects of an image, by falling score.
   *
   * @param image index in the batch
   * @param yScale by which coordinates are multiplied: pixels of the image for each of the input
   * @param xScale the same for columns
   */
  public List<FoundObject> of(int image, float yScale, float xScale) {
    List<FoundObject> found = new ArrayList<>();
    for (int i = 0; i < counts[image]; i++) {
      int place = image * places + i;
      float[] box = Arrays.copyOfRange(boxes, 4 * place, 4 * place + 4);
      for (int k = 0; k < 4; k++) {
        box[k] *= k % 2 == 0 ? xScale : yScale;
      }
      found.add(new FoundObject(box, classes[place], scores[place], mask(place)));
    }
    return found;
  }

  private Optional<float[]> mask(int place) {
    return masks.map(
        all -> {
          int cells = all.length / Math.max(1, scores.length);
          return Arrays.copyOfRange(all, place * cells, (place + 1) * cells);
        });
  }

  /** Returns the numbers of a float32 tensor. */
  public static float[] floats(Tensor tensor) {
    TFloat32 values = (TFloat32) tensor;
    float[] copy = new float[Math.toIntExact(values.size())];
    values.copyTo(DataBuffers.of(copy));
    return copy;
  }

  /** Returns the numbers of an int32 tensor. */
  public static int[] ints(Tensor tensor) {
    TInt32 values = (TInt32) tensor;
    int[] copy = new int[Math.toIntExact(values.size())];
    values.copyTo(DataBuffers.of(copy));
    return copy;
  }
}
