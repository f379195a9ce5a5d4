package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.ItemReader;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.ObjectTargets;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawnScenesTest {
  private static final DrawnScenes SMALL =
      new DrawnScenes(Textures.Split.TRAIN, 4, 48, 48, 2, 6, 1);

  @Test
  void sameSettingsGiveTheSameScenes() throws IOException {
    DrawnScenes held = new DrawnScenes(Textures.Split.TEST, 4, 48, 48, 2, 6, 1);
    try (DataSet one = SMALL.open();
        DataSet two = SMALL.open();
        DataSet test = held.open();
        DataSet larger = SMALL.withCount(7).open();
        ItemReader reader = new ItemReader(one.images(), 48);
        ItemReader largerReader = new ItemReader(larger.images(), 48)) {
      assertThat(one.classNames()).containsExactly("disc", "ring", "square", "star", "triangle");
      assertThat(one.digest()).isEqualTo(two.digest());
      assertThat(List.of(test.digest(), larger.digest())).doesNotContain(one.digest());
      for (int i = 0; i < 4; i++) {
        assertThat(objects(larger, i)).isEqualTo(objects(one, i));
        assertThat(objects(test, i)).isNotEqualTo(objects(one, i));
        int[] pixels = reader.read(i);
        assertThat(largerReader.read(i)).isEqualTo(pixels);
        byte[] rgb = SMALL.scene(i).rgb();
        assertThat(IntStream.of(pixels).map(pixel -> pixel & 0xFF).toArray())
            .isEqualTo(IntStream.range(0, 48 * 48).map(p -> rgb[3 * p + 2] & 0xFF).toArray());
      }
    }
  }

  private static ImageObjects objects(DataSet data, int image) {
    return ((ObjectTargets) data.targets()).objects(image);
  }

  /** Where no object is, the background is untouched; inside of a mask it is painted over. */
  @Test
  void boxesAndMasksAreThoseOfTheVisiblePixels() {
    int height = 80;
    int width = 112;
    DrawnScenes scenes = SMALL.withSize(height, width);
    TreeSet<Integer> labels = new TreeSet<>();
    int hidden = 0;
    int painted = 0;
    int interior = 0;
    for (int index = 0; index < 30; index++) {
      DrawnScene scene = scenes.scene(index);
      byte[] background = DrawnScene.background(height, width, scenes.sceneSeed(index));
      int[] front = front(scene.objects());
      List<ImageObject> objects = scene.objects().objects();
      assertThat(objects).hasSizeBetween(1, 6);
      for (int i = 0; i < objects.size(); i++) {
        labels.add(objects.get(i).label());
        assertThat(objects.get(i).box()).isEqualTo(box(front, width, i));
      }
      for (int y = 1; y < height - 1; y++) {
        for (int x = 1; x < width - 1; x++) {
          int[] around = around(front, width, y, x);
          if (Arrays.stream(around).allMatch(object -> object == around[0])) {
            int pixel = 3 * (y * width + x);
            int change = 0;
            for (int channel = pixel; channel < pixel + 3; channel++) {
              int before = Byte.toUnsignedInt(background[channel]);
              int now = Byte.toUnsignedInt(scene.rgb()[channel]);
              change = Math.max(change, Math.abs(now - before));
            }
            if (around[0] < 0) {
              // A tip may be thinner than a pixel.
              hidden += change > 0 ? 1 : 0;
            } else {
              interior++;
              painted += change > 10 ? 1 : 0;
            }
          }
        }
      }
    }
    assertThat(labels).containsExactly(0, 1, 2, 3, 4);
    assertThat(interior).isGreaterThan(20_000);
    assertThat(painted / (double) interior).isGreaterThan(0.97);
    assertThat(hidden).isLessThan(10);
  }

  /** For each pixel its object, −1 for none; fails if there are two. */
  private static int[] front(ImageObjects objects) {
    int[] front = new int[objects.height() * objects.width()];
    Arrays.fill(front, -1);
    for (int i = 0; i < objects.objects().size(); i++) {
      for (int pixel = 0; pixel < front.length; pixel++) {
        int y = pixel / objects.width();
        if (objects.objects().get(i).mask().orElseThrow().covers(y, pixel % objects.width())) {
          assertThat(front[pixel]).isEqualTo(-1);
          front[pixel] = i;
        }
      }
    }
    return front;
  }

  private static Box box(int[] front, int width, int object) {
    int[] pixels = IntStream.range(0, front.length).filter(p -> front[p] == object).toArray();
    int[] columns = IntStream.of(pixels).map(pixel -> pixel % width).sorted().toArray();
    return new Box(
        pixels[0] / width,
        columns[0],
        pixels[pixels.length - 1] / width + 1,
        columns[columns.length - 1] + 1);
  }

  private static int[] around(int[] front, int width, int y, int x) {
    return IntStream.range(0, 9).map(i -> front[(y - 1 + i / 3) * width + x - 1 + i % 3]).toArray();
  }

  @Test
  void hiddenShapesAreLeftOut() {
    for (int index = 0; index < 5; index++) {
      DrawnScene scene = new DrawnScenes(Textures.Split.TRAIN, 5, 32, 32, 90, 90, 2).scene(index);
      List<ImageObject> objects = scene.objects().objects();
      assertThat(objects).hasSizeBetween(5, 80);
      assertThat(objects.subList(0, objects.size() - 1))
          .allSatisfy(
              object -> assertThat(object.mask().orElseThrow().area()).isGreaterThanOrEqualTo(8));
    }
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> SMALL.withCount(0))
        .hasMessage("count: expected at least 1, but got 0.");
    assertThatThrownBy(() -> SMALL.withSize(31, 48))
        .hasMessage("height and width: expected 32 to 1024 pixels, but got 31×48.");
    assertThatThrownBy(() -> new DrawnScenes(Textures.Split.TRAIN, 4, 48, 48, 3, 2, 1))
        .hasMessage(
            "minObjects and maxObjects: expected 1 to 100 in ascending order, but got 3 and 2.");
    assertThatThrownBy(() -> SMALL.open(OpenSettings.defaults().withMemoryLimitBytes(1000)))
        .hasMessageContaining("count: expected all scenes to fit");
  }
}
