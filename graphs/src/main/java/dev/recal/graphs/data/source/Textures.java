package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.PixelItems;
import dev.recal.graphs.data.items.Pixels;
import dev.recal.graphs.data.targets.ClassTargets;
import dev.recal.graphs.data.targets.MultiClassTargets;
import dev.recal.graphs.data.targets.NumberTargets;
import dev.recal.graphs.data.targets.TargetStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A data set that needs no download: ten classes of procedurally generated textures. The classes
 * differ in style (contrast, spatial frequency, direction, grain, correlation of the colour
 * channels), not in shapes, and each image varies in phase, scale, colour and noise. Instead of its
 * class an image can have the attributes of its style, or numbers measured on its pixels.
 *
 * <p>An image is a function of seed, split, class and its number within the class: a larger set
 * begins with the images of a smaller one, and the splits have no image in common.
 *
 * @param split which of two disjoint sets
 * @param perClass images of each class
 * @param size height and width in pixels
 * @param seed of everything random
 * @param targets what an image has
 */
public record Textures(Split split, int perClass, int size, long seed, Targets targets)
    implements DataSource {
  /** Training or test images. */
  public enum Split {
    TRAIN,
    TEST
  }

  /** What an image has. */
  public enum Targets {
    /** Its class. */
    CLASS,
    /** Those of the attributes coloured, fine, grainy and striped that its class has, also none. */
    SEVERAL_CLASSES,
    /** Mean (brightness) and standard deviation (contrast) of its bytes, 0 to 255. */
    NUMBERS
  }

  public Textures {
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(targets, "targets");
    if (perClass < 1) {
      throw new IllegalArgumentException(
          "perClass: expected at least 1, but got " + perClass + ".");
    }
    if (size < 8 || size > 1024) {
      throw new IllegalArgumentException("size: expected 8 to 1024 pixels, but got " + size + ".");
    }
  }

  /** Images with their classes. */
  public Textures(Split split, int perClass, int size, long seed) {
    this(split, perClass, size, seed, Targets.CLASS);
  }

  /** Returns the same images with other targets. */
  public Textures withTargets(Targets other) {
    return new Textures(split, perClass, size, seed, other);
  }

  /** The training images. */
  public static Textures defaults() {
    return train();
  }

  /** 5,000 training images of 32×32. */
  public static Textures train() {
    return new Textures(Split.TRAIN, 500, 32, 0);
  }

  /** 1,000 test images of 32×32. */
  public static Textures test() {
    return new Textures(Split.TEST, 100, 32, 0);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    int count = Math.multiplyExact(TextureStyle.ALL.size(), perClass);
    if (!Pixels.fits(count, size, size, settings.memoryLimitBytes())) {
      throw new IllegalArgumentException(
          "perClass: expected all textures to fit into memoryLimitBytes ("
              + settings.memoryLimitBytes()
              + "), but got "
              + perClass
              + " per class at "
              + size
              + "×"
              + size
              + " pixels.");
    }
    Pixels pixels = new Pixels(count, size, size);
    float[][] numbers = new float[targets == Targets.NUMBERS ? count : 0][];
    int imageBytes = Math.toIntExact(pixels.imageBytes());
    // Generated in parallel, one class at a time, to use little heap.
    for (int label = 0; label < TextureStyle.ALL.size(); label++) {
      int first = label * perClass;
      TextureStyle style = TextureStyle.ALL.get(label);
      long classSeed = SplitMix64.mix(seed, split.ordinal(), label);
      IntStream.range(0, perClass)
          .parallel()
          .forEach(
              i -> {
                SplitMix64 random = new SplitMix64(SplitMix64.mix(classSeed, i));
                byte[] image = style.draw(size, random);
                pixels.write(first + i, image, 0, imageBytes);
                if (targets == Targets.NUMBERS) {
                  numbers[first + i] = numbers(image);
                }
              });
    }
    List<String> names = new ArrayList<>(count);
    for (TextureStyle style : TextureStyle.ALL) {
      IntStream.range(0, perClass).forEach(i -> names.add(style.name() + "/" + i));
    }
    Digest digest =
        new Digest().add("textures " + TextureStyle.VERSION).add(split.name()).add(perClass);
    digest.add(size).add(seed);
    String name = "textures (" + split.name().toLowerCase(Locale.ROOT) + ")";
    return new DataSetAssembly(name, settings)
        .decoded(store(numbers), new PixelItems(names, pixels), digest);
  }

  private TargetStore store(float[][] numbers) {
    List<TextureStyle> styles = TextureStyle.ALL;
    return switch (targets) {
      case CLASS ->
          ClassTargets.of(
              styles.stream().map(TextureStyle::name).toList(),
              IntStream.range(0, styles.size() * perClass).map(i -> i / perClass).toArray());
      case SEVERAL_CLASSES ->
          MultiClassTargets.of(
              TextureStyle.ATTRIBUTES,
              styles.stream()
                  .flatMap(style -> Collections.nCopies(perClass, style.attributes()).stream())
                  .toList());
      case NUMBERS -> NumberTargets.of(List.of("brightness", "contrast"), numbers);
    };
  }

  private static float[] numbers(byte[] image) {
    double sum = 0;
    double squares = 0;
    for (byte value : image) {
      int level = Byte.toUnsignedInt(value);
      sum += level;
      squares += level * level;
    }
    double mean = sum / image.length;
    double variance = Math.max(0, squares / image.length - mean * mean);
    return new float[] {(float) mean, (float) Math.sqrt(variance)};
  }
}
