package dev.recal.graphs.data.targets;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The objects of all images one after the other, and where those of each image begin. */
final class ObjectTable {
  static final String SIDES = "object_sides";
  static final String FIRST = "object_first";
  static final String BOXES = "object_boxes";
  static final String LABELS = "object_labels";
  static final String CROWDS = "object_crowds";
  static final String FIRST_RUN = "object_first_run";
  static final String RUN_ENDS = "object_run_ends";

  private final int[] sides;
  private final int[] first;
  private final float[] boxes;
  private final int[] labels;
  private final boolean[] crowds;
  private final int[] firstRun;
  private final int[] runEnds;

  private ObjectTable(int images, int objects, int runs) {
    sides = new int[2 * images];
    first = new int[images + 1];
    boxes = new float[Math.multiplyExact(4, objects)];
    labels = new int[objects];
    crowds = new boolean[objects];
    firstRun = new int[objects + 1];
    runEnds = new int[runs];
  }

  /**
   * Lays objects out as tensors.
   *
   * <p>Object i of image n is in row {@code first[n] + i}; its mask's runs end at {@code
   * runEnds[firstRun[row]] … runEnds[firstRun[row + 1] − 1]}, in pixels of its own image.
   *
   * @return tensors by name, to be closed by the caller
   */
  static Map<String, Tensor> of(List<ImageObjects> images) {
    long objects = 0;
    long runs = 0;
    for (ImageObjects image : images) {
      objects += image.objects().size();
      for (ImageObject object : image.objects()) {
        runs += object.mask().map(mask -> mask.ends().length).orElse(0);
      }
    }
    ObjectTable table =
        new ObjectTable(images.size(), Math.toIntExact(objects), Math.toIntExact(runs));
    int row = 0;
    for (int image = 0; image < images.size(); image++) {
      table.sides[2 * image] = images.get(image).height();
      table.sides[2 * image + 1] = images.get(image).width();
      for (ImageObject object : images.get(image).objects()) {
        table.put(row++, object);
      }
      table.first[image + 1] = row;
    }
    return table.tensors();
  }

  private void put(int row, ImageObject object) {
    Box box = object.box();
    boxes[4 * row] = box.top();
    boxes[4 * row + 1] = box.left();
    boxes[4 * row + 2] = box.bottom();
    boxes[4 * row + 3] = box.right();
    labels[row] = object.label();
    crowds[row] = object.crowd();
    int[] ends = object.mask().map(Mask::ends).orElse(new int[0]);
    System.arraycopy(ends, 0, runEnds, firstRun[row], ends.length);
    firstRun[row + 1] = firstRun[row] + ends.length;
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(SIDES, TInt32.tensorOf(Shape.of(first.length - 1, 2), DataBuffers.of(sides)));
    tensors.put(FIRST, TInt32.vectorOf(first));
    tensors.put(BOXES, TFloat32.tensorOf(Shape.of(labels.length, 4), DataBuffers.of(boxes)));
    tensors.put(LABELS, TInt32.vectorOf(labels));
    tensors.put(CROWDS, TBool.tensorOf(NdArrays.vectorOf(crowds)));
    tensors.put(FIRST_RUN, TInt32.vectorOf(firstRun));
    tensors.put(RUN_ENDS, TInt32.vectorOf(runEnds));
    return tensors;
  }
}
