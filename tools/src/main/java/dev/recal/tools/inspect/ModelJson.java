package dev.recal.tools.inspect;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.recal.savedmodels.FileIntegrity;
import dev.recal.savedmodels.SavedModelContents;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.VariableDescription;
import java.util.Map;
import java.util.TreeSet;
import org.tensorflow.ndarray.Shape;

/** A SavedModel as JSON. */
public final class ModelJson {

  private static final Gson GSON = new Gson();

  private ModelJson() {}

  /** Returns everything except the check of a runtime. */
  public static JsonObject of(SavedModelContents contents) {
    SavedModelDescription model = contents.description();
    JsonObject object = new JsonObject();
    object.addProperty("directory", model.directory().toString());
    object.addProperty("tensorflow", model.tensorflowVersion());
    object.add("tags", GSON.toJsonTree(new TreeSet<>(contents.tags())));
    object.add("graphs", GSON.toJsonTree(contents.allTags()));
    object.addProperty("schema_version", contents.versions().schema());
    object.addProperty("producer", contents.versions().producer());
    object.addProperty("minimum_consumer", contents.versions().minimumConsumer());
    object.addProperty("object_graph_nodes", contents.objects());
    object.addProperty("operations", model.operations());
    object.addProperty("bytes", model.bytes());
    object.addProperty("parameters", model.parameters());
    object.add("files", files(model.integrity()));
    object.add("signatures", signatures(model));
    object.add("variables", variables(model));
    object.add("operation_kinds", GSON.toJsonTree(contents.operations()));
    JsonArray functions = new JsonArray();
    for (SavedModelContents.Function function : contents.functions()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("name", function.name());
      entry.addProperty("inputs", function.inputs());
      entry.addProperty("outputs", function.outputs());
      entry.add("operation_kinds", GSON.toJsonTree(function.operations()));
      functions.add(entry);
    }
    object.add("functions", functions);
    object.add("assets", GSON.toJsonTree(contents.assets()));
    object.add("labels", GSON.toJsonTree(model.labels()));
    object.add("metadata", model.metadata());
    return object;
  }

  private static JsonObject files(FileIntegrity integrity) {
    JsonObject files = new JsonObject();
    files.addProperty("digests", integrity.recorded());
    files.add("verified", GSON.toJsonTree(integrity.verified()));
    files.add("added", GSON.toJsonTree(integrity.added()));
    return files;
  }

  private static JsonObject signatures(SavedModelDescription model) {
    JsonObject signatures = new JsonObject();
    for (SignatureDescription signature : model.signatures()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("method", signature.method());
      entry.add("inputs", tensors(signature.inputs()));
      entry.add("outputs", tensors(signature.outputs()));
      signatures.add(signature.key(), entry);
    }
    return signatures;
  }

  private static JsonArray variables(SavedModelDescription model) {
    JsonArray variables = new JsonArray();
    for (VariableDescription variable : model.variables()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("name", variable.name());
      entry.addProperty("type", Texts.name(variable.type()));
      entry.add("shape", sizes(variable.shape()));
      entry.addProperty("values", variable.size());
      entry.addProperty("bytes", Texts.bytes(variable));
      entry.addProperty("trainable", variable.trainable());
      variables.add(entry);
    }
    return variables;
  }

  private static JsonObject tensors(Map<String, TensorDescription> tensors) {
    JsonObject object = new JsonObject();
    tensors.forEach(
        (name, tensor) -> {
          JsonObject entry = new JsonObject();
          entry.addProperty("type", tensor.typeName());
          entry.add("shape", sizes(tensor.shape()));
          entry.addProperty("tensor", tensor.tensor());
          object.add(name, entry);
        });
    return object;
  }

  // An unknown rank is null, a free dimension -1.
  private static JsonElement sizes(Shape shape) {
    return shape.isUnknown() ? JsonNull.INSTANCE : GSON.toJsonTree(shape.asArray());
  }
}
