package dev.recal.graphs.data.shards;

import com.google.protobuf.ByteString;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.Mask;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorflow.proto.Feature;

/**
 * An image with objects as a {@code tf.train.Example}, with the features of the TensorFlow Object
 * Detection API and Model Garden. Lists have a value for each object; edges of boxes are shares of
 * the image's width and height; labels begin with 1.
 *
 * @param objects as they are stored
 */
public record ObjectExample(List<Stored> objects) {

  /** The feature with the encoded image. */
  public static final String IMAGE = "image/encoded";

  private static final String HEIGHT = "image/height";
  private static final String WIDTH = "image/width";
  private static final String OBJECT = "image/object/";
  private static final List<String> EDGES =
      List.of("bbox/ymin", "bbox/xmin", "bbox/ymax", "bbox/xmax");
  private static final String LABEL = OBJECT + "class/label";
  private static final String TEXT = OBJECT + "class/text";
  private static final String CROWD = OBJECT + "is_crowd";
  private static final String AREA = OBJECT + "area";
  private static final String MASK = OBJECT + "mask";

  /**
   * An object as it is stored, unchecked.
   *
   * @param edges top, left, bottom and right, as shares
   * @param label from 1, if there is one
   * @param text the name of the class; empty if there is none
   * @param area in pixels, if it is given
   * @param mask a PNG file, if there is one
   */
  public record Stored(
      List<Float> edges,
      OptionalLong label,
      String text,
      boolean crowd,
      Optional<Float> area,
      Optional<byte[]> mask) {}

  /** Copies the list. */
  public ObjectExample {
    objects = List.copyOf(objects);
  }

  /**
   * Takes the objects out of a record.
   *
   * @throws ImageHeader.UnusableImageException if lists have different lengths, or the image has
   *     another size than the record says; the message is the end of a sentence that begins with
   *     the record's name
   */
  public static ObjectExample read(Map<String, Feature> features, ImageHeader header)
      throws ImageHeader.UnusableImageException {
    requireSize(features, header);
    List<List<Float>> edges =
        EDGES.stream().map(edge -> ExampleFeatures.reals(features, OBJECT + edge)).toList();
    int count = edges.get(0).size();
    for (int i = 0; i < EDGES.size(); i++) {
      requireLength(OBJECT + EDGES.get(i), edges.get(i).size(), count, false);
    }
    long[] labels = ExampleFeatures.numbers(features, LABEL);
    requireLength(LABEL, labels.length, count, true);
    List<String> texts = ExampleFeatures.texts(features, TEXT);
    requireLength(TEXT, texts.size(), count, true);
    long[] crowds = ExampleFeatures.numbers(features, CROWD);
    requireLength(CROWD, crowds.length, count, true);
    List<Float> areas = ExampleFeatures.reals(features, AREA);
    requireLength(AREA, areas.size(), count, true);
    List<ByteString> masks = ExampleFeatures.files(features, MASK);
    requireLength(MASK, masks.size(), count, true);
    List<Stored> objects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int object = i;
      objects.add(
          new Stored(
              edges.stream().map(edge -> edge.get(object)).toList(),
              labels.length == 0 ? OptionalLong.empty() : OptionalLong.of(labels[i]),
              texts.isEmpty() ? "" : texts.get(i),
              crowds.length > 0 && crowds[i] != 0,
              areas.isEmpty() ? Optional.empty() : Optional.of(areas.get(i)),
              // An object without a mask has an empty one.
              masks.isEmpty() || masks.get(i).isEmpty()
                  ? Optional.empty()
                  : Optional.of(masks.get(i).toByteArray())));
    }
    return new ObjectExample(objects);
  }

  private static void requireLength(String feature, int found, int expected, boolean optional)
      throws ImageHeader.UnusableImageException {
    if (found != expected && !(optional && found == 0)) {
      throw new ImageHeader.UnusableImageException(
          "has " + expected + " objects, but " + found + " values in feature " + feature);
    }
  }

  private static void requireSize(Map<String, Feature> features, ImageHeader header)
      throws ImageHeader.UnusableImageException {
    if (!header.isUpright()) {
      throw new ImageHeader.UnusableImageException(
          "has an EXIF orientation ("
              + header.orientation()
              + "), which readers of this format do not apply to boxes");
    }
    long[] heights = ExampleFeatures.numbers(features, HEIGHT);
    long[] widths = ExampleFeatures.numbers(features, WIDTH);
    if (heights.length == 1
        && widths.length == 1
        && (heights[0] != header.height() || widths[0] != header.width())) {
      throw new ImageHeader.UnusableImageException(
          ("has " + header.height() + "×" + header.width() + " pixels, but its record says ")
              + (heights[0] + "×" + widths[0]));
    }
  }

  /**
   * Returns a record.
   *
   * @param file the image, whose stored pixels are upright
   * @param name its name
   * @param sourceId its number in the data set, as text
   */
  static byte[] encode(
      byte[] file,
      ImageHeader.Format format,
      String name,
      String sourceId,
      ImageObjects image,
      List<String> classNames) {
    List<ImageObject> objects = image.objects();
    ExampleFeatures features =
        new ExampleFeatures()
            .put(IMAGE, file)
            .put("image/format", format.name().toLowerCase(Locale.ROOT))
            .put(HEIGHT, image.height())
            .put(WIDTH, image.width())
            .put("image/filename", name)
            .put("image/source_id", sourceId)
            .put("image/key/sha256", sha256(file))
            .put(LABEL, objects.stream().mapToLong(object -> object.label() + 1L).toArray())
            .put(TEXT, objects.stream().map(object -> classNames.get(object.label())).toList())
            .put(CROWD, objects.stream().mapToLong(object -> object.crowd() ? 1 : 0).toArray());
    float[][] edges = new float[EDGES.size()][objects.size()];
    float[] areas = new float[objects.size()];
    for (int i = 0; i < objects.size(); i++) {
      Box box = objects.get(i).box();
      edges[0][i] = box.top() / image.height();
      edges[1][i] = box.left() / image.width();
      edges[2][i] = box.bottom() / image.height();
      edges[3][i] = box.right() / image.width();
      float boxArea = (box.bottom() - box.top()) * (box.right() - box.left());
      areas[i] = objects.get(i).mask().map(mask -> (float) mask.area()).orElse(boxArea);
    }
    for (int edge = 0; edge < edges.length; edge++) {
      features.put(OBJECT + EDGES.get(edge), edges[edge]);
    }
    features.put(AREA, areas);
    if (objects.stream().anyMatch(object -> object.mask().isPresent())) {
      features.putFiles(MASK, objects.stream().map(ObjectExample::mask).toList());
    }
    return features.toBytes();
  }

  private static byte[] mask(ImageObject object) {
    Optional<Mask> mask = object.mask();
    return mask.isPresent() ? MaskFiles.encode(mask.get()) : new byte[0];
  }

  private static String sha256(byte[] file) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform provides SHA-256.", e);
    }
  }
}
