package dev.recal.models.synthesis.oneshot;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidCalls;
import dev.recal.graphs.synthesis.oneshot.PyramidMaps;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.synthesis.oneshot.training.OneShotTask;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A pyramid in a SavedModel that Recal exported. */
record SavedModelPyramid(Predictor predictor, OneShotRecipe recipe, Pyramid pyramid, int channels)
    implements PyramidCalls {

  private static final String TASK = new OneShotTask().name();

  static SavedModelPyramid open(Path model) throws IOException {
    SavedModelDescription description = SavedModelReader.describe(model);
    JsonObject metadata = description.metadata();
    JsonElement json = metadata.get("recipe");
    if (json == null || !RecipeJson.task(json.toString()).equals(TASK)) {
      throw new IllegalArgumentException(
          "model: "
              + model
              + " is not a one-shot model that Recal exported: its assets.extra contain no recipe"
              + " of the task '"
              + TASK
              + "'.");
    }
    OneShotRecipe recipe = RecipeJson.ofModel(json, description.directory(), OneShotRecipe.class);
    Pyramid pyramid;
    int channels;
    try {
      pyramid = pyramid(metadata);
      channels = metadata.get("channels").getAsInt();
    } catch (IllegalStateException
        | NullPointerException
        | IndexOutOfBoundsException
        | UnsupportedOperationException
        | IllegalArgumentException damaged) {
      throw new IOException(
          "The metadata of "
              + model
              + " is damaged: expected 'scales', 'factor' and 'channels' of a pyramid.",
          damaged);
    }
    PredictorSettings settings = PredictorSettings.defaults();
    return new SavedModelPyramid(Predictor.open(model, settings), recipe, pyramid, channels);
  }

  private static Pyramid pyramid(JsonObject metadata) {
    JsonArray scales = metadata.getAsJsonArray("scales");
    JsonObject last = scales.get(scales.size() - 1).getAsJsonObject();
    return new Pyramid(
        last.get("height").getAsInt(),
        last.get("width").getAsInt(),
        scales.size(),
        metadata.get("factor").getAsDouble());
  }

  @Override
  public PyramidMaps call(
      String signature, String output, Map<String, Number> numbers, Map<String, PyramidMaps> maps) {
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    numbers.forEach((name, number) -> inputs.put(name, scalar(number)));
    maps.forEach(
        (name, map) ->
            inputs.put(
                name,
                TensorValue.of(
                    map.values(), map.count(), map.height(), map.width(), map.channels())));
    TensorValue found = predictor.call(signature, inputs).get(output);
    long[] shape = found.shape().asArray();
    return new PyramidMaps(
        (int) shape[0], (int) shape[1], (int) shape[2], (int) shape[3], found.floats());
  }

  private static TensorValue scalar(Number number) {
    long[] shape = new long[0];
    if (number instanceof Long value) {
      return TensorValue.of(new long[] {value}, shape);
    }
    return number instanceof Integer value
        ? TensorValue.of(new int[] {value}, shape)
        : TensorValue.of(new float[] {number.floatValue()}, shape);
  }

  @Override
  public void close() {
    predictor.close();
  }
}
