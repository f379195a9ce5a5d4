package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Objects with boxes, classes and perhaps masks, any number an image. */
public final class ObjectTargets implements TargetStore {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectTargets.class);

  private final List<String> classNames;
  private final List<ImageObjects> images;

  private ObjectTargets(List<String> classNames, List<ImageObjects> images) {
    this.classNames = List.copyOf(classNames);
    this.images = List.copyOf(images);
  }

  /**
   * Checks objects.
   *
   * @param classNames different names
   * @param images the objects of each image, with labels that are indices into the names
   */
  public static ObjectTargets of(List<String> classNames, List<ImageObjects> images) {
    TargetChecks.requireNames("classNames", classNames);
    for (int item = 0; item < images.size(); item++) {
      for (ImageObject object : images.get(item).objects()) {
        TargetChecks.requireLabel("images", item, object.label(), classNames.size());
      }
    }
    return new ObjectTargets(classNames, images);
  }

  /** The objects of an image, as it is stored. */
  public ImageObjects objects(int item) {
    return images.get(item);
  }

  @Override
  public int count() {
    return images.size();
  }

  @Override
  public String description() {
    return "objects of " + classNames.size() + " classes";
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public ObjectTargets choose(int[] items) {
    return new ObjectTargets(classNames, IntStream.of(items).mapToObj(images::get).toList());
  }

  @Override
  public ObjectTargets relabelled(List<String> newNames, int[] labels) {
    List<ImageObjects> relabelled = new ArrayList<>();
    for (ImageObjects image : images) {
      List<ImageObject> objects =
          image.objects().stream()
              .map(o -> new ImageObject(o.box(), labels[o.label()], o.mask(), o.crowd()))
              .toList();
      relabelled.add(new ImageObjects(image.height(), image.width(), objects));
    }
    return new ObjectTargets(newNames, relabelled);
  }

  @Override
  public void addTo(Digest digest, int[] items) {
    digest.add("objects").add(items.length);
    for (int item : items) {
      ImageObjects image = images.get(item);
      digest.add(image.height()).add(image.width()).add(image.objects().size());
      for (ImageObject object : image.objects()) {
        Box box = object.box();
        digest.add(new float[] {box.top(), box.left(), box.bottom(), box.right()});
        digest.add(object.label()).add(object.crowd() ? 1 : 0);
        digest.add(object.mask().map(Mask::ends).orElse(new int[0]));
      }
    }
  }

  @Override
  public Optional<String> mismatch(int item, int height, int width) {
    ImageObjects image = images.get(item);
    return image.height() == height && image.width() == width
        ? Optional.empty()
        : Optional.of(
            ("has " + height + "×" + width + " pixels, but its objects are given for ")
                + (image.height() + "×" + image.width()));
  }

  @Override
  public boolean needsImages() {
    return true;
  }

  @Override
  public TargetGraph graph(int height, int width, ObjectSettings settings) {
    int most = images.stream().mapToInt(image -> image.objects().size()).max().orElse(0);
    int places = Math.max(1, Math.min(most, settings.maxObjects()));
    if (most > places) {
      LOG.warn(
          "{} images have more than {} objects, up to {}; the first {} are used",
          images.stream().filter(image -> image.objects().size() > places).count(),
          places,
          most,
          places);
    }
    if (!(settings.masks() instanceof ObjectSettings.MaskForm.None)) {
      requireMasks();
    }
    return new ObjectGraph(ObjectTable.of(images), places, height, width, settings);
  }

  private void requireMasks() {
    for (int item = 0; item < images.size(); item++) {
      List<ImageObject> objects = images.get(item).objects();
      for (int i = 0; i < objects.size(); i++) {
        if (objects.get(i).mask().isEmpty()) {
          throw new IllegalArgumentException(
              ("masks: expected a mask for every object, but got none for object " + i)
                  + (" of item " + item + "."));
        }
      }
    }
  }

  @Override
  public String toString() {
    return description() + " in " + images.size() + " images";
  }
}
