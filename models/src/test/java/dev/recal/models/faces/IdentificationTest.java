package dev.recal.models.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.items.DecodedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentificationTest {

  private static final int DIMENSIONS = 7;
  private static final long PIXELS = 1_000_000;

  @TempDir private Path directory;

  /** Compared with all distances, sorted. */
  @Test
  void agreesWithTheDefinition() throws IOException {
    Random random = new Random(3);
    List<float[]> images = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 41; i++) {
      float[] centre = gaussian(new Random(i / 4), 1);
      float[] noise = gaussian(random, 0.45f);
      for (int j = 0; j < DIMENSIONS; j++) {
        centre[j] += noise[j];
      }
      images.add(centre);
      names.add("p" + i / 4);
    }
    FaceProbes probes = FaceProbes.of(images, names);
    assertThat(probes.alone()).containsExactly("p10");
    List<float[]> distractors = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      distractors.add(ImageEmbeddings.normalised(gaussian(random, 1)));
    }
    // Exactly as near to the first probe as its first mate is.
    distractors.add(probes.embeddings()[1]);
    List<Double> fars = List.of(1e-6, 1e-3, 0.05);
    IdentificationResult found =
        new IdentificationProtocol(20, fars).evaluate(probes, rows(distractors), done -> {});
    assertThat(found.probes()).isEqualTo(40);
    assertThat(found.pairs()).isEqualTo(120);
    assertThat(found.distractors()).isEqualTo(1501);
    Reference expected = Reference.of(probes, distractors);
    for (int rank = 1; rank <= 20; rank++) {
      assertThat(found.cumulative().get(rank - 1)).isEqualTo(expected.within(rank));
    }
    assertThat(found.rankOne()).isStrictlyBetween(0.05, 0.95);
    for (int i = 0; i < fars.size(); i++) {
      assertThat(found.rates().get(i).tar()).isEqualTo(expected.tar(fars.get(i)));
    }
    assertThat(found.rates().get(1).tar()).isStrictlyBetween(0.01, 0.99);
    assertThat(found.rates().get(0).allowed()).isZero();
  }

  private record Reference(List<Integer> ranks, float[] genuine, float[] impostors) {

    static Reference of(FaceProbes probes, List<float[]> distractors) {
      List<Integer> ranks = new ArrayList<>();
      List<Float> genuine = new ArrayList<>();
      List<Float> impostors = new ArrayList<>();
      for (int[] group : probes.groups()) {
        for (int probe : group) {
          float[] vector = probes.embeddings()[probe];
          for (float[] distractor : distractors) {
            impostors.add(product(vector, distractor));
          }
          for (int mate : group) {
            if (mate != probe) {
              float similarity = product(vector, probes.embeddings()[mate]);
              genuine.add(similarity);
              ranks.add(
                  1
                      + (int)
                          distractors.stream()
                              .filter(d -> product(vector, d) >= similarity)
                              .count());
            }
          }
        }
      }
      return new Reference(ranks, sorted(genuine), sorted(impostors));
    }

    double within(int rank) {
      return (double) ranks.stream().filter(found -> found <= rank).count() / ranks.size();
    }

    // The pairs above the most similar impostor that may not be accepted any more.
    double tar(double far) {
      int allowed = (int) (far * impostors.length);
      float bound = impostors[impostors.length - 1 - allowed];
      int accepted = 0;
      for (float similarity : genuine) {
        accepted += similarity > bound ? 1 : 0;
      }
      return (double) accepted / genuine.length;
    }

    private static float[] sorted(List<Float> values) {
      float[] all = new float[values.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = values.get(i);
      }
      Arrays.sort(all);
      return all;
    }

    // In the order of SimilarityBlock: sums of four products, then the rest one by one.
    private static float product(float[] a, float[] b) {
      float sum = 0;
      int i = 0;
      for (; i + 4 <= a.length; i += 4) {
        sum += a[i] * b[i] + a[i + 1] * b[i + 1] + a[i + 2] * b[i + 2] + a[i + 3] * b[i + 3];
      }
      for (; i < a.length; i++) {
        sum += a[i] * b[i];
      }
      return sum;
    }
  }

  @Test
  void whatCannotBeEvaluatedIsRejected() {
    assertThatThrownBy(() -> FaceProbes.of(List.of(new float[] {1}), List.of("ann")))
        .hasMessage("probes: expected two or more images of an identity, but each of 1 has one.");
    FaceProbes probes =
        FaceProbes.of(List.of(new float[] {1, 0}, new float[] {1, 0}), List.of("ann", "ann"));
    assertThatThrownBy(
            () -> IdentificationProtocol.defaults().evaluate(probes, block -> 0, done -> {}))
        .hasMessage("distractors: expected at least one image, but got 0.");
  }

  /** The network of the test: mean levels of the image's quarters. */
  private static final class Quarters implements Embedder {

    final AtomicInteger images = new AtomicInteger();
    final int sign;

    Quarters(int sign) {
      this.sign = sign;
    }

    @Override
    public int imageSize() {
      return 4;
    }

    @Override
    public int dimensions() {
      return 4;
    }

    @Override
    public float[][] embed(List<DecodedImage> batch) {
      images.addAndGet(batch.size());
      float[][] found = new float[batch.size()][4];
      for (int image = 0; image < found.length; image++) {
        for (int i = 0; i < 48; i++) {
          int quarter = i / 24 * 2 + i / 6 % 2;
          found[image][quarter] += sign * (batch.get(image).values()[i] & 0xFF);
        }
        found[image][0] += 1;
      }
      return found;
    }

    @Override
    public void close() {}
  }

  @Test
  void embeddingsAreStoredOnceAndContinued() throws IOException {
    Path folder = directory.resolve("images");
    for (int i = 0; i < 5; i++) {
      byte[] values = new byte[48];
      new Random(i).nextBytes(values);
      DecodedImage image = new DecodedImage(4, 4, 3, values);
      PngFiles.write(folder.resolve(i + ".png"), () -> FaceAlignment.picture(image));
    }
    Files.writeString(folder.resolve("2.txt"), "none");
    Path cache = directory.resolve("cache");
    Quarters network = new Quarters(1);
    ImageEmbeddings embeddings = new ImageEmbeddings(network, true, PIXELS, 2);
    EmbeddingStore store = EmbeddingStore.fill(embeddings, folder, cache, done -> {});
    byte[] whole = Files.readAllBytes(store.data());
    assertThat(whole).hasSize((1 + 6) * 4 * 4);
    assertThat(store.unusable()).containsExactly(folder.resolve("2.txt"));
    float[] block = new float[6 * 4];
    assertThat(store.<Integer>read(rows -> rows.read(block))).isEqualTo(6);
    // Image and mirror image together have equal halves.
    assertThat(block[2] - block[3]).isCloseTo(0, within(1e-6f));
    assertThat(block[12]).isNaN();
    int calls = network.images.get();
    EmbeddingStore.fill(embeddings, folder, cache, done -> {});
    assertThat(network.images.get()).isEqualTo(calls + 1);
    try (RandomAccessFile cut = new RandomAccessFile(store.data().toFile(), "rw")) {
      cut.setLength(3 * 16 + 5);
    }
    EmbeddingStore.fill(embeddings, folder, cache, done -> {});
    assertThat(store.data()).hasBinaryContent(whole);
    ImageEmbeddings others = new ImageEmbeddings(new Quarters(-1), true, PIXELS, 2);
    assertThatThrownBy(() -> EmbeddingStore.fill(others, folder, cache, done -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("was written by another network");
    Files.delete(folder.resolve("4.png"));
    assertThatThrownBy(() -> EmbeddingStore.fill(embeddings, folder, cache, done -> {}))
        .hasMessageContaining("was begun with other settings");
  }

  private static EmbeddingRows rows(List<float[]> rows) {
    AtomicInteger next = new AtomicInteger();
    return block -> {
      int count = Math.min(block.length / DIMENSIONS, rows.size() - next.get());
      for (int i = 0; i < count; i++) {
        System.arraycopy(rows.get(next.getAndIncrement()), 0, block, i * DIMENSIONS, DIMENSIONS);
      }
      return count;
    };
  }

  private static float[] gaussian(Random random, float scale) {
    float[] values = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }
}
