package dev.recal.models.synthesis;

import dev.recal.graphs.synthesis.GeneratorServable;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** A SavedModel with the signature {@code generate}, from Recal or elsewhere. */
record ModelGenerator(Predictor predictor, int latent, int size) implements ImageGenerator {

  private static final String GENERATE = "generate";

  static ModelGenerator open(Path model) throws IOException {
    SavedModelDescription description = SavedModelReader.describe(model);
    SignatureDescription signature =
        description.signatures().stream()
            .filter(known -> known.key().equals(GENERATE))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model: "
                            + model
                            + " is not a generator: it has no signature '"
                            + GENERATE
                            + "'; it has "
                            + description.signatures().stream()
                                .map(SignatureDescription::key)
                                .sorted()
                                .toList()
                            + "."));
    int latent = length(model, "input", signature.inputs(), GeneratorServable.Z, 2, 1);
    int size = length(model, "output", signature.outputs(), GeneratorServable.IMAGES, 4, 1);
    PredictorSettings settings = new PredictorSettings(ImageGenerator.batch(size), false, 0);
    return new ModelGenerator(Predictor.open(model, settings), latent, size);
  }

  private static int length(
      Path model,
      String kind,
      Map<String, TensorDescription> tensors,
      String name,
      int rank,
      int axis) {
    Shape shape = tensors.containsKey(name) ? tensors.get(name).shape() : Shape.unknown();
    if (shape.isUnknown()
        || shape.numDimensions() != rank
        || shape.get(axis) == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "model: signature '"
              + GENERATE
              + "' of "
              + model
              + " to have the "
              + kind
              + " '"
              + name
              + "' of "
              + rank
              + " dimensions, all but the first known, but got "
              + tensors
              + ".");
    }
    return Math.toIntExact(shape.get(axis));
  }

  @Override
  public float[] generate(float[] z) {
    return call(GENERATE, Map.of(GeneratorServable.Z, vectors(z)));
  }

  @Override
  public float[] mix(float[] z, float[] style) {
    return call(
        "mix", Map.of(GeneratorServable.Z, vectors(z), GeneratorServable.STYLE, vectors(style)));
  }

  private float[] call(String signature, Map<String, TensorValue> inputs) {
    return predictor.call(signature, inputs).get(GeneratorServable.IMAGES).floats();
  }

  private TensorValue vectors(float[] values) {
    return TensorValue.of(values, values.length / latent, latent);
  }

  @Override
  public void close() {
    predictor.close();
  }
}
