package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.ObjectSettings;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.graphs.data.targets.TargetBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;

/** Images of different sizes with an object each, and what a pipeline delivers of them. */
final class SizedImages {
  private SizedImages() {}

  /** Height and width of an image. */
  record Side(int height, int width) {
    boolean portrait() {
      return height > width;
    }

    /** The size by the rule, in plain Java. */
    Side resized(int shorter, int longer, int canvasHeight, int canvasWidth) {
      double factor =
          Stream.of(
                  longer / (double) Math.max(height, width),
                  shorter / (double) Math.min(height, width),
                  canvasHeight / (double) height,
                  canvasWidth / (double) width)
              .min(Double::compare)
              .orElseThrow();
      return new Side(
          Math.max(1, (int) Math.floor(height * factor + 0.5)),
          Math.max(1, (int) Math.floor(width * factor + 0.5)));
    }
  }

  static final List<Side> MIXED =
      List.of(
          new Side(24, 32),
          new Side(32, 24),
          new Side(9, 9),
          new Side(40, 13),
          new Side(1, 50),
          new Side(50, 1),
          new Side(5000, 32),
          new Side(32, 5000),
          new Side(7, 3));

  /** Images of one grey, brighter to the left, each with an object over its left half. */
  static DataSet set(List<Side> sides) throws IOException {
    List<SampleImage> images = new ArrayList<>();
    List<ImageObjects> targets = new ArrayList<>();
    for (Side side : sides) {
      byte[] rgb = new byte[side.height * side.width * 3];
      for (int i = 0; i < side.height * side.width; i++) {
        int grey = i % side.width < (side.width + 1) / 2 ? 250 : 120;
        Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) grey);
      }
      images.add(SampleImage.pixels(side.height, side.width, rgb));
      Box left = new Box(0, 0, side.height, (side.width + 1) / 2);
      targets.add(new ImageObjects(side.height, side.width, List.of(new ImageObject(left, 0))));
    }
    return DataSets.of("sides", images, ObjectTargets.of(List.of("left"), targets));
  }

  static List<Operand<?>> operands(InputPipeline input, Ops tf) {
    TargetBatch.Objects objects = input.targets(TargetBatch.Objects.class);
    return List.of(
        input.images(),
        tf.shape(input.images()),
        objects.sizes(),
        objects.originals(),
        objects.items(),
        objects.boxes());
  }

  /** One delivered image. */
  record Delivered(
      int item,
      int height,
      int width,
      float[] pixels,
      float[] size,
      float[] original,
      float[] box) {
    static List<Delivered> of(List<Object> batch) {
      int[] shape = (int[]) batch.get(1);
      int pixels = shape[1] * shape[2] * 3;
      List<Delivered> images = new ArrayList<>();
      for (int i = 0; i < shape[0]; i++) {
        images.add(
            new Delivered(
                ((int[]) batch.get(4))[i],
                shape[1],
                shape[2],
                Arrays.copyOfRange((float[]) batch.get(0), i * pixels, (i + 1) * pixels),
                Arrays.copyOfRange((float[]) batch.get(2), 2 * i, 2 * i + 2),
                Arrays.copyOfRange((float[]) batch.get(3), 2 * i, 2 * i + 2),
                Arrays.copyOfRange((float[]) batch.get(5), 4 * i, 4 * i + 4)));
      }
      return images;
    }

    /** Compares everything with the rule and with the image of {@link #set}. */
    void assertFollows(List<Side> sides, int shorter, int longer) {
      Side side = sides.get(item);
      Side expected = side.resized(shorter, longer, height, width);
      assertThat(size).containsExactly(expected.height, expected.width);
      assertThat(original).containsExactly(side.height, side.width);
      boolean mirrored = side.width > 1 && box[1] > 0;
      float edge = expected.width * ((side.width + 1) / 2) / (float) side.width;
      float[] left = {0, 0, expected.height, edge};
      float[] right = {0, expected.width - edge, expected.height, expected.width};
      for (int i = 0; i < 4; i++) {
        assertThat(Math.abs(box[i] - (mirrored ? right : left)[i])).isLessThan(1e-3f);
      }
      int wrong = 0;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          wrong += isExpected(expected, y, x) ? 0 : 1;
        }
      }
      assertThat(wrong).as("wrong pixels of %s", side).isZero();
    }

    private boolean isExpected(Side part, int y, int x) {
      float pixel = pixels[3 * (y * width + x)] * 255;
      if (y >= part.height || x >= part.width) {
        return pixel == 0;
      }
      double centre = x + 0.5;
      // A column beside the edge of the object is a mixture.
      boolean outside = centre < box[1] - 1 || centre > box[3] + 1;
      boolean inside = centre > box[1] + 1 && centre < box[3] - 1;
      return pixel > (inside ? 185 : 119.9) && pixel < (outside ? 185 : 250.1);
    }
  }

  static PipelineOutputs open(DataSet data, PipelineSettings settings) throws IOException {
    // Boxes of less than a pixel stay.
    ObjectSettings objects = new ObjectSettings(1, 0, ObjectSettings.MaskForm.none());
    return new PipelineOutputs(data, settings.withObjects(objects), SizedImages::operands);
  }

  /** The batches of an epoch from one on. */
  static List<List<Delivered>> epoch(PipelineOutputs outputs, long epoch, long first) {
    List<List<Delivered>> batches = new ArrayList<>();
    outputs.start(epoch, first);
    for (long batch = first; batch < outputs.pipeline.batchesPerEpoch(); batch++) {
      batches.add(Delivered.of(outputs.next()));
    }
    return batches;
  }

  static List<Integer> items(List<List<Delivered>> batches) {
    return batches.stream().flatMap(List::stream).map(Delivered::item).toList();
  }

  /** A number for everything that is delivered of each image. */
  static List<Integer> hashes(List<List<Delivered>> batches) {
    return batches.stream()
        .flatMap(List::stream)
        .map(
            image ->
                Objects.hash(
                    image.item,
                    Arrays.hashCode(image.pixels),
                    Arrays.hashCode(image.size),
                    Arrays.hashCode(image.box)))
        .toList();
  }
}
