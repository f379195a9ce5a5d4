package dev.recal.graphs.data;

import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.FeatureItems;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.items.Items;
import dev.recal.graphs.data.items.UnreadableItems;
import dev.recal.graphs.data.targets.ClassTargets;
import dev.recal.graphs.data.targets.TargetStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;

/**
 * Images, or arrays of numbers, and their targets: a class each or any {@link TargetStore}; skipped
 * items, and a digest of the content. The package {@code pipeline} reads them in a graph.
 *
 * <p>A set may own native memory, which {@link #close} frees once all views of the set and
 * pipelines on it are closed. Sets are immutable and thread-safe.
 */
public final class DataSet implements AutoCloseable {
  private final String name;
  private final Items items;
  private final int[] itemOf;
  private final TargetStore targets;
  private final List<String> digests;
  private final List<SkippedItem> skipped;
  private boolean closed;

  /**
   * Takes over one share of the items and targets.
   *
   * @param itemOf the items in use, in their order
   * @param targets of all items, whether in use or not
   * @param digests the digest, then those that earlier versions had for the same content
   */
  DataSet(
      String name,
      Items items,
      int[] itemOf,
      TargetStore targets,
      List<String> digests,
      List<SkippedItem> skipped) {
    this.name = name;
    this.items = items;
    this.itemOf = itemOf;
    this.targets = targets;
    this.digests = List.copyOf(digests);
    this.skipped = List.copyOf(skipped);
  }

  /** The source of the set, for messages. */
  public String name() {
    return name;
  }

  /**
   * The names of the classes; a label is an index into this list. Empty where targets are not
   * classes.
   */
  public List<String> classNames() {
    return targets.classNames();
  }

  /** The names of what a network has an output for: the classes, or the numbers. */
  public List<String> outputNames() {
    return targets.outputNames();
  }

  /**
   * Rejects images with another number of classes than a network, or without one class each.
   *
   * @param classes of the network
   */
  public void requireClasses(int classes) {
    classTargets("data");
    if (classNames().size() != classes) {
      throw new IllegalArgumentException(
          "data: expected the network's "
              + classes
              + " classes, but "
              + name
              + " has "
              + classNames().size()
              + ".");
    }
  }

  /** The number of images. */
  public int count() {
    return itemOf.length;
  }

  /**
   * The label of each image, in the order of the set.
   *
   * @throws IllegalStateException if images have not one class each
   */
  public int[] labels() {
    ClassTargets classes = classTargets("labels");
    return IntStream.of(itemOf).map(classes::label).toArray();
  }

  /**
   * The targets of all stored items; the one at {@code index} in this set is that of {@link
   * #itemOf}{@code (index)}.
   */
  public TargetStore targets() {
    return targets;
  }

  /** The shape of one item if the set holds arrays of numbers, empty if it holds images. */
  public Optional<Shape> featureShape() {
    return items instanceof FeatureItems features
        ? Optional.of(features.shape())
        : Optional.empty();
  }

  /**
   * The number of images that are smaller than a size and would be enlarged.
   *
   * @param size in pixels, which the shorter side is compared with
   */
  public int countSmallerThan(int size) {
    ImageItems images = images();
    return (int)
        IntStream.of(itemOf)
            .filter(item -> Math.min(images.height(item), images.width(item)) < size)
            .count();
  }

  /** The name of an image, as a path within its source. */
  public String itemName(int index) {
    return items.name(itemOf[Objects.checkIndex(index, count())]);
  }

  /**
   * SHA-256, in hexadecimal, over class names, targets, names, sizes and checksums of the images in
   * use: two sets with the same digest hold the same images in the same order. Of files of sets
   * above 512 MiB the checksum is one of three blocks; see {@link
   * dev.recal.graphs.data.items.FileContents}.
   */
  public String digest() {
    return digests.get(0);
  }

  /**
   * The digests that earlier versions had for the same set: of files without their contents. Empty
   * where it has not changed.
   */
  public List<String> earlierDigests() {
    return digests.subList(1, digests.size());
  }

  /** The skipped files, with reasons. */
  public List<SkippedItem> skipped() {
    return skipped;
  }

  /**
   * The images in use that pipelines on this set, or on other views of it, could not read; see
   * {@link dev.recal.graphs.data.pipeline.InputPipeline#reportUnreadable}.
   */
  public List<SkippedItem> unreadable() {
    if (!(items instanceof ImageItems images)) {
      return List.of();
    }
    UnreadableItems found = images.unreadable();
    return IntStream.of(itemOf)
        .filter(found::contains)
        .mapToObj(item -> new SkippedItem(items.name(item), found.reason(item)))
        .toList();
  }

  /**
   * How many images each class has.
   *
   * @throws IllegalStateException if images have not one class each
   */
  public int[] classCounts() {
    int[] counts = new int[classNames().size()];
    for (int label : labels()) {
      counts[label]++;
    }
    return counts;
  }

  /**
   * Returns the same images with labels in the order of another list of class names, such as that
   * of a trained network.
   *
   * @param names must contain each class name of this set, and be the names of numbers
   * @return a view, to be closed on its own
   * @throws UnexpectedClassesException if a class is missing
   * @throws IllegalArgumentException if targets are not classes, or numbers have other names
   */
  public DataSet withClasses(List<String> names) {
    Map<String, Integer> positions = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      positions.put(names.get(i), i);
    }
    List<String> unknown =
        classNames().stream().filter(className -> !positions.containsKey(className)).toList();
    if (!unknown.isEmpty()) {
      throw new UnexpectedClassesException(
          name
              + " has unexpected classes: "
              + summarise(unknown)
              + "; expected "
              + summarise(names)
              + ".");
    }
    int[] newLabels = classNames().stream().mapToInt(positions::get).toArray();
    return view(name, itemOf.clone(), targets.relabelled(names, newLabels), skipped);
  }

  /**
   * Returns some of the images.
   *
   * @param newName of the smaller set, for messages
   * @param indices in this set, in ascending order
   * @return a view, to be closed on its own
   */
  public DataSet subset(String newName, int[] indices) {
    return choose(indices, newName, skipped);
  }

  /**
   * Splits off a share of each class, or of all items if they do not have one class each.
   *
   * @param share the size of the second part, between 0 and 1 exclusive; a class of two images or
   *     more has at least one in each part
   * @param seed random seed of the selection
   * @return both parts, each to be closed
   */
  public Split split(double share, long seed) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          "share: expected more than 0 and less than 1, but got " + share + ".");
    }
    Map<Integer, List<Integer>> byClass =
        IntStream.range(0, count())
            .boxed()
            .collect(Collectors.groupingBy(this::stratum, TreeMap::new, Collectors.toList()));
    boolean[] second = new boolean[count()];
    for (Map.Entry<Integer, List<Integer>> entry : byClass.entrySet()) {
      List<Integer> members = entry.getValue();
      int size = members.size();
      int target = (int) Math.max(1, Math.min(size - 1L, Math.round(share * size)));
      int[] order = new SplitMix64(SplitMix64.mix(seed, entry.getKey())).permutation(size);
      for (int i = 0; i < (size == 1 ? 0 : target); i++) {
        second[members.get(order[i])] = true;
      }
    }
    int[] remaining = IntStream.range(0, count()).filter(index -> !second[index]).toArray();
    int[] heldOut = IntStream.range(0, count()).filter(index -> second[index]).toArray();
    if (heldOut.length == 0) {
      throw new IllegalArgumentException(
          "share: no class of " + name + " has two or more images, so nothing can be split off.");
    }
    return new Split(
        choose(remaining, name + " (training part)", skipped),
        choose(heldOut, name + " (held-out part)", List.of()));
  }

  /**
   * The two parts of a {@link #split}.
   *
   * @param remainder the part for training
   * @param heldOut the part for evaluation
   */
  public record Split(DataSet remainder, DataSet heldOut) implements AutoCloseable {
    @Override
    public void close() {
      remainder.close();
      heldOut.close();
    }
  }

  /**
   * Draws a few images of each class as a PNG file, one row per class, as a preview.
   *
   * @param png file to write; an existing one is replaced
   * @throws IOException if it cannot be written or an image cannot be decoded
   */
  public void contactSheet(Path png) throws IOException {
    ContactSheet.write(this, png);
  }

  /**
   * Writes the centre of one image as a square PNG file.
   *
   * @param index of the image, in the order of the set
   * @param side rows and columns of the picture
   * @param png file to write; an existing one is replaced
   * @throws IOException if it cannot be written or the image cannot be decoded
   */
  public void writeImage(int index, int side, Path png) throws IOException {
    ContactSheet.writeItem(this, Objects.checkIndex(index, count()), side, png);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      items.release();
      targets.release();
    }
  }

  @Override
  public String toString() {
    return name
        + (": " + count() + (items instanceof ImageItems ? " images" : " items") + " with ")
        + targets.description();
  }

  /** What is stored; several views of a set share it. */
  public Items items() {
    return items;
  }

  /**
   * The stored images.
   *
   * @throws IllegalStateException if the set holds arrays of numbers
   */
  public ImageItems images() {
    if (items instanceof ImageItems images) {
      return images;
    }
    throw new IllegalStateException(
        "data: expected images, but got arrays of numbers in " + name + ".");
  }

  /** The position among {@link #items()} of each image. */
  public int itemOf(int index) {
    return itemOf[index];
  }

  /** The stratum of an image for splitting: its label if it has one. */
  int stratum(int index) {
    return targets.stratum(itemOf[index]);
  }

  private ClassTargets classTargets(String argument) {
    if (targets instanceof ClassTargets classes) {
      return classes;
    }
    throw new IllegalStateException(
        (argument + ": expected one class for each item, but got " + targets.description())
            + (" in " + name + "."));
  }

  private DataSet choose(int[] indices, String newName, List<SkippedItem> newSkipped) {
    int[] newItems = IntStream.of(indices).map(index -> itemOf[index]).toArray();
    return view(newName, newItems, targets, newSkipped);
  }

  private DataSet view(
      String newName, int[] newItems, TargetStore newTargets, List<SkippedItem> newSkipped) {
    List<String> newDigests = new ArrayList<>();
    for (String digest : digests) {
      Digest newDigest =
          new Digest().add(digest).addAll(newTargets.classNames(), Function.identity());
      newTargets.addTo(newDigest.add(newItems), newItems);
      newDigests.add(newDigest.toHex());
    }
    items.retain();
    newTargets.retain();
    return new DataSet(newName, items, newItems, newTargets, newDigests, newSkipped);
  }

  /** The first of several names, and how many more there are. */
  public static String summarise(List<String> names) {
    List<String> shown = new ArrayList<>(names.subList(0, Math.min(5, names.size())));
    if (names.size() > shown.size()) {
      shown.add((names.size() - shown.size()) + " more");
    }
    return String.join(", ", shown);
  }
}
