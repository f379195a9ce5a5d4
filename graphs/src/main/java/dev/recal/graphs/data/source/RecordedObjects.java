package dev.recal.graphs.data.source;

import dev.recal.graphs.data.coco.Remarks;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.shards.LabelMap;
import dev.recal.graphs.data.shards.MaskFiles;
import dev.recal.graphs.data.shards.ObjectExample;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.Mask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The objects of records as targets for training. As with COCO's files, what cannot be trained on
 * is left out and counted.
 *
 * @param classNames in the order of the labels
 * @param objects of each record
 */
record RecordedObjects(List<String> classNames, List<ImageObjects> objects) {
  // Of a box as it is stored, as for COCO's annotations.
  private static final double MIN_SIDE = 1;

  // A share in float32 is wrong by half of its last digit. Within that, edges are the nearest
  // thousandth of a pixel, so that integers and COCO's hundredths are what they were.
  private static final double SHARE_ERROR = 0x1p-24;
  private static final double STEPS_PER_PIXEL = 1000;

  /** An object, or why it is left out. */
  private sealed interface Entry {}

  /** One that is left out. */
  private record LeftOut(String kind, String reason) implements Entry {}

  /** One whose class is not known yet. */
  private record Kept(Box box, RecordLabels.Label label, Optional<Mask> mask, boolean crowd)
      implements Entry {}

  /** The objects of one record, in its order. */
  static final class Image {
    private final int height;
    private final int width;
    private final List<Entry> entries = new ArrayList<>();

    private Image(int height, int width) {
      this.height = height;
      this.width = width;
    }
  }

  /**
   * Checks the boxes of a record, and decodes its masks.
   *
   * @param masks whether objects need masks
   */
  static Image read(ObjectExample example, ImageHeader header, boolean masks) {
    Image image = new Image(header.height(), header.width());
    example.objects().forEach(object -> image.entries.add(entry(object, image, masks)));
    return image;
  }

  private static Entry entry(ObjectExample.Stored object, Image image, boolean masks) {
    float[] edges = new float[4];
    for (int i = 0; i < edges.length; i++) {
      float share = object.edges().get(i);
      if (!Float.isFinite(share)) {
        return new LeftOut("objects with edges that are not finite", "");
      }
      edges[i] = pixels(share, i % 2 == 0 ? image.height : image.width);
    }
    if (edges[2] - edges[0] < MIN_SIDE || edges[3] - edges[1] < MIN_SIDE) {
      return new LeftOut("objects with a box narrower or lower than 1 pixel", "");
    }
    float top = Math.max(0, edges[0]);
    float left = Math.max(0, edges[1]);
    float bottom = Math.min(image.height, edges[2]);
    float right = Math.min(image.width, edges[3]);
    if (top >= bottom || left >= right) {
      return new LeftOut("objects with a box outside of their image", "");
    }
    // Written so that NaN is left out.
    if (object.area().isPresent() && !(object.area().get() > 0)) {
      return new LeftOut("objects with an area of 0 or less", "");
    }
    Optional<Mask> mask = Optional.empty();
    if (masks) {
      if (object.mask().isEmpty()) {
        return new LeftOut("objects without a mask", "");
      }
      try {
        mask = Optional.of(MaskFiles.decode(object.mask().get(), image.height, image.width));
      } catch (IllegalArgumentException refused) {
        return new LeftOut("objects with an unusable mask", refused.getMessage());
      }
    }
    return new Kept(
        new Box(top, left, bottom, right),
        new RecordLabels.Label(object.label(), object.text()),
        mask,
        object.crowd());
  }

  private static float pixels(float share, int size) {
    double place = (double) share * size;
    double near = Math.rint(place * STEPS_PER_PIXEL) / STEPS_PER_PIXEL;
    return (float) (Math.abs(near - place) <= size * SHARE_ERROR ? near : place);
  }

  /**
   * Finds the classes.
   *
   * @param names of the records
   * @param map the classes, if they are known
   * @param remarks receives what is left out
   */
  static RecordedObjects of(
      List<String> names, List<Image> images, Optional<LabelMap> map, Remarks remarks) {
    List<List<Kept>> kept = new ArrayList<>();
    List<RecordLabels.Label> labels = new ArrayList<>();
    Classes classes = new Classes(map);
    for (int i = 0; i < images.size(); i++) {
      List<Entry> entries = images.get(i).entries;
      kept.add(new ArrayList<>());
      for (int j = 0; j < entries.size(); j++) {
        Entry entry = entries.get(j);
        String place = names.get(i) + ", object " + j;
        if (entry instanceof Kept object && classes.problem(object.label()).isEmpty()) {
          kept.get(i).add(object);
          labels.add(object.label());
        } else {
          LeftOut out =
              entry instanceof Kept object
                  ? new LeftOut(classes.problem(object.label()).orElseThrow(), "")
                  : (LeftOut) entry;
          String reason = out.reason().replaceFirst("\\.$", "");
          remarks.add(
              out.kind() + ", left out", reason.isEmpty() ? place : place + " (" + reason + ")");
        }
      }
    }
    RecordLabels found = classes.of(labels);
    List<ImageObjects> objects = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < images.size(); i++) {
      List<ImageObject> list = new ArrayList<>();
      for (Kept object : kept.get(i)) {
        list.add(
            new ImageObject(object.box(), found.labels()[next++], object.mask(), object.crowd()));
      }
      objects.add(new ImageObjects(images.get(i).height, images.get(i).width, list));
    }
    return new RecordedObjects(found.classNames(), objects);
  }

  /** The classes of a label map, or those that labels have. */
  private static final class Classes {
    private final Optional<LabelMap> map;
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> texts = new HashMap<>();

    Classes(Optional<LabelMap> map) {
      this.map = map;
      for (LabelMap.Item item : map.map(LabelMap::items).orElse(List.of())) {
        int label = numbers.size();
        numbers.put((long) item.id(), label);
        texts.putIfAbsent(item.name(), label);
        texts.putIfAbsent(item.displayName(), label);
      }
    }

    Optional<String> problem(RecordLabels.Label label) {
      OptionalLong number = label.number();
      if (number.isPresent() && number.getAsLong() < 1) {
        return Optional.of("objects with a label below 1");
      }
      if (number.isEmpty() && label.text().isEmpty()) {
        return Optional.of("objects without a label");
      }
      return map.isEmpty() || position(label) != null
          ? Optional.empty()
          : Optional.of("objects with a label that the label map does not have");
    }

    private Integer position(RecordLabels.Label label) {
      return label.number().isPresent()
          ? numbers.get(label.number().getAsLong())
          : texts.get(label.text());
    }

    RecordLabels of(List<RecordLabels.Label> labels) {
      return map.isEmpty()
          ? RecordLabels.of(labels)
          : new RecordLabels(
              map.get().classNames(), labels.stream().mapToInt(this::position).toArray());
    }
  }
}
