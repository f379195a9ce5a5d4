package dev.recal.models.features;

import dev.recal.graphs.synthesis.metrics.BatchResize;
import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.FeatureMatrix;
import dev.recal.graphs.synthesis.metrics.FeatureSource;
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

/** The features of a user's SavedModel. Outputs that are maps are averaged over their positions. */
public final class SavedModelFeatures implements FeatureSource {

  private static final String DEFAULT = "serving_default";
  private static final int CHANNELS = 3;

  private final Predictor predictor;
  private final PixelRange range;
  private final String signature;
  private final String input;
  private final String output;
  private final int height;
  private final int width;
  private final BatchResize resize;
  private final FeatureDescription description;

  private SavedModelFeatures(
      Predictor predictor, FeatureOutput settings, SignatureDescription found) {
    this.predictor = predictor;
    this.range = settings.pixelRange();
    this.signature = found.key();
    this.input = found.inputs().keySet().iterator().next();
    this.output = output(settings, found);
    Shape shape = found.inputs().get(input).shape();
    this.height = side(settings, shape, 1);
    this.width = side(settings, shape, 2);
    this.resize = new BatchResize(height, width);
    try {
      this.description = describe(settings);
    } catch (RuntimeException refused) {
      resize.close();
      throw refused;
    }
  }

  /**
   * Opens a model and runs it once.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it has no such output, or none of features
   */
  public static SavedModelFeatures open(FeatureOutput settings) throws IOException {
    Predictor predictor = Predictor.open(settings.network());
    try {
      return new SavedModelFeatures(predictor, settings, signature(predictor, settings));
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
            .filter(SavedModelFeatures::takesImages)
            .filter(known -> settings.signature().map(known.key()::equals).orElse(true))
            .filter(known -> settings.output().map(known.outputs()::containsKey).orElse(true))
            .min(Comparator.comparing(known -> !known.key().equals(DEFAULT)));
    return chosen.orElseThrow(
        () -> {
          Map<String, Object> outputs = new TreeMap<>();
          all.stream()
              .filter(SavedModelFeatures::takesImages)
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

  private static int side(FeatureOutput settings, Shape shape, int axis) {
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

  // Only a call shows the number of features, and that the model works.
  private FeatureDescription describe(FeatureOutput settings) {
    TensorValue answer =
        call(new ImageBatch(1, height, width, new byte[height * width * CHANNELS]));
    int rank = answer.shape().numDimensions();
    if (rank != 2 && rank != 4) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "output: '%s' gives %s for one image; expected features (1, D) or a map (1, H, W,"
                  + " D).",
              output,
              answer));
    }
    String pooled = rank == 4 ? ", averaged over its positions" : "";
    return new FeatureDescription(
        String.format(
            Locale.ROOT,
            "%s, output '%s' of '%s'%s",
            settings.network(),
            output,
            signature,
            pooled),
        Math.toIntExact(answer.shape().get(rank - 1)),
        String.format(
            Locale.ROOT,
            "to %d×%d (%s, rounded to 8 bits), pixels in %s",
            height,
            width,
            BatchResize.METHOD,
            range),
        false);
  }

  @Override
  public FeatureDescription description() {
    return description;
  }

  @Override
  public FeatureMatrix features(ImageBatch images) {
    double[] values = values(call(resize.resize(images)));
    int dimensions = description.dimensions();
    int places = values.length / images.count() / dimensions;
    double[] features = new double[images.count() * dimensions];
    for (int i = 0; i < values.length; i++) {
      features[i / (places * dimensions) * dimensions + i % dimensions] += values[i] / places;
    }
    return new FeatureMatrix(images.count(), dimensions, features);
  }

  private TensorValue call(ImageBatch sized) {
    float[] pixels = sized.floats();
    range.apply(pixels);
    TensorValue fed = TensorValue.of(pixels, sized.count(), height, width, CHANNELS);
    return predictor.call(signature, Map.of(input, fed)).get(output);
  }

  private double[] values(TensorValue answer) {
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
    resize.close();
    predictor.close();
  }
}
