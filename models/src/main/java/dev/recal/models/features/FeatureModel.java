package dev.recal.models.features;

import dev.recal.graphs.synthesis.metrics.BatchResize;
import dev.recal.graphs.synthesis.metrics.ImageBatch;
import dev.recal.ops.json.Names;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/** One output of a user's SavedModel that takes images. */
final class FeatureModel implements AutoCloseable {

  private static final String DEFAULT = "serving_default";
  private static final int CHANNELS = 3;

  private final Predictor predictor;
  private final FeatureOutput settings;
  private final SignatureDescription signature;
  private final String input;
  private final String output;

  private FeatureModel(
      Predictor predictor, FeatureOutput settings, SignatureDescription signature) {
    this.predictor = predictor;
    this.settings = settings;
    this.signature = signature;
    this.input = signature.inputs().keySet().iterator().next();
    this.output = output(settings, signature);
  }

  /**
   * Opens a model.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it has no such output
   */
  static FeatureModel open(FeatureOutput settings) throws IOException {
    Predictor predictor = Predictor.open(settings.network());
    try {
      return new FeatureModel(predictor, settings, signature(predictor, settings));
    } catch (RuntimeException refused) {
      predictor.close();
      throw refused;
    }
  }

  private static SignatureDescription signature(Predictor predictor, FeatureOutput settings) {
    List<SignatureDescription> all = predictor.description().signatures();
    if (settings.signature().isPresent()
        && all.stream().noneMatch(known -> known.key().equals(settings.signature().get()))) {
      String wanted = settings.signature().get();
      List<String> known = all.stream().map(SignatureDescription::key).toList();
      throw new IllegalArgumentException(
          "signature: there is no '" + wanted + "'." + Names.hint(wanted, known));
    }
    Optional<SignatureDescription> chosen =
        all.stream()
            .filter(FeatureModel::takesImages)
            .filter(known -> settings.signature().map(known.key()::equals).orElse(true))
            .filter(known -> settings.output().map(known.outputs()::containsKey).orElse(true))
            .min(Comparator.comparing(known -> !known.key().equals(DEFAULT)));
    return chosen.orElseThrow(
        () -> {
          Map<String, Object> outputs = new TreeMap<>();
          all.stream()
              .filter(FeatureModel::takesImages)
              .forEach(known -> outputs.put(known.key(), known.outputs().keySet()));
          return new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "network: %s has no signature that takes images as float32%s; those that do"
                      + " have these outputs: %s.",
                  settings.network(),
                  settings.output().map(name -> " and has the output '" + name + "'").orElse(""),
                  outputs));
        });
  }

  private static boolean takesImages(SignatureDescription signature) {
    if (signature.inputs().size() != 1) {
      return false;
    }
    TensorDescription only = signature.inputs().values().iterator().next();
    Shape shape = only.shape();
    return only.type() == DataType.DT_FLOAT
        && !shape.isUnknown()
        && shape.numDimensions() == 4
        && (shape.get(3) == CHANNELS || shape.get(3) == Shape.UNKNOWN_SIZE);
  }

  private static String output(FeatureOutput settings, SignatureDescription signature) {
    if (settings.output().isEmpty() && signature.outputs().size() != 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "output: signature '%s' of %s has several outputs; choose one of %s.",
              signature.key(),
              settings.network(),
              signature.outputs().keySet()));
    }
    return settings.output().orElseGet(() -> signature.outputs().keySet().iterator().next());
  }

  /** Returns the outputs of rank 4 of all signatures that take images, by signature. */
  Map<String, List<String>> maps() {
    Map<String, List<String>> maps = new TreeMap<>();
    for (SignatureDescription known : predictor.description().signatures()) {
      List<String> names =
          known.outputs().entrySet().stream()
              .filter(entry -> isMap(entry.getValue()))
              .map(Map.Entry::getKey)
              .toList();
      if (takesImages(known) && !names.isEmpty()) {
        maps.put(known.key(), names);
      }
    }
    return maps;
  }

  private static boolean isMap(TensorDescription output) {
    return !output.shape().isUnknown() && output.shape().numDimensions() == 4;
  }

  /** Returns whether the model defines neither the height nor the width of its images. */
  boolean takesAnySize() {
    Shape shape = imageShape();
    return shape.get(1) == Shape.UNKNOWN_SIZE && shape.get(2) == Shape.UNKNOWN_SIZE;
  }

  /** Opens a resizer to the size that the model or the settings define. */
  BatchResize resize() {
    return new BatchResize(side(1), side(2));
  }

  private Shape imageShape() {
    return signature.inputs().get(input).shape();
  }

  /**
   * Returns the height (axis 1) or width (axis 2) that the model or the settings define.
   *
   * @throws IllegalArgumentException if neither does, or they differ
   */
  int side(int axis) {
    Shape shape = imageShape();
    long known = shape.get(axis);
    if (known == Shape.UNKNOWN_SIZE) {
      return settings
          .imageSize()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "imageSize: "
                          + settings.network()
                          + " takes images of any size; give the size it was trained on."));
    }
    if (settings.imageSize().isPresent() && settings.imageSize().getAsInt() != known) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "imageSize: %s takes images of %d×%d, but got %d.",
              settings.network(),
              shape.get(1),
              shape.get(2),
              settings.imageSize().getAsInt()));
    }
    return Math.toIntExact(known);
  }

  /** Returns the name of the output in sentences. */
  String output() {
    return output;
  }

  /** Returns the name of model, output and signature for results. */
  String name() {
    return String.format(
        Locale.ROOT, "%s, output '%s' of '%s'", settings.network(), output, signature.key());
  }

  /** Returns how images are resized to the model's size, and their range. */
  String resizing() {
    return String.format(
        Locale.ROOT,
        "to %d×%d (%s, rounded to 8 bits), pixels in %s",
        side(1),
        side(2),
        BatchResize.METHOD,
        settings.pixelRange());
  }

  /** Returns a black image to try a model with. */
  static ImageBatch blackImage(int height, int width) {
    return new ImageBatch(1, height, width, new byte[height * width * CHANNELS]);
  }

  /** Calls the model with images of a size that it takes. */
  TensorValue call(ImageBatch sized) {
    float[] pixels = sized.floats();
    settings.pixelRange().apply(pixels);
    TensorValue fed =
        TensorValue.of(pixels, sized.count(), sized.height(), sized.width(), CHANNELS);
    return predictor.call(signature.key(), Map.of(input, fed)).get(output);
  }

  /** Returns the values of an answer. */
  double[] values(TensorValue answer) {
    if (answer.type() == ElementType.FLOAT64) {
      return answer.doubles();
    }
    if (!(answer.data() instanceof float[])) {
      throw new IllegalArgumentException(
          "output: '" + output + "' gives " + answer + ", which are not features.");
    }
    float[] floats = answer.floats();
    double[] values = new double[floats.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats[i];
    }
    return values;
  }

  @Override
  public void close() {
    predictor.close();
  }
}
