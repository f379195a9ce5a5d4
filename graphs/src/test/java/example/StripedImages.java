package example;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.Sample;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.targets.ClassTargets;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A third-party data source: horizontal and vertical stripes.
 *
 * @param count how many images
 * @param size height and width in pixels
 */
public record StripedImages(int count, int size) implements DataSource {

  public StripedImages {
    if (count < 2 || size < 4) {
      throw new IllegalArgumentException(
          "count and size: expected 2 images of 4 pixels or more, but got "
              + (count + " of " + size + "."));
    }
  }

  /** 8 images of 16 pixels. */
  public static StripedImages defaults() {
    return new StripedImages(8, 16);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    return DataSets.collect(
        "stripes",
        IntStream.range(0, count).mapToObj(this::sample).iterator(),
        labels -> ClassTargets.of(List.of("horizontal", "vertical"), labels),
        settings);
  }

  private Sample<Integer> sample(int index) {
    float[] rgb = new float[size * size * 3];
    for (int i = 0; i < rgb.length; i++) {
      int place = index % 2 == 0 ? i / 3 / size : i / 3 % size;
      rgb[i] = place % 4 < 2 ? 0.25f : 0.75f;
    }
    return new Sample<>("stripes" + index, SampleImage.pixels(size, size, rgb), index % 2);
  }
}
