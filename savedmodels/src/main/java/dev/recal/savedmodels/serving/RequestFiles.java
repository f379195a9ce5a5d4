package dev.recal.savedmodels.serving;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.ops.image.ImageExamples;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.proto.PredictionLog;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.TensorProto;

/** The bodies of example requests, for the server's REST API and for grpcurl. */
final class RequestFiles {

  private static final List<String> PREFERRED_SIGNATURES =
      List.of("serving_bytes", "generate_bytes", "detect_bytes", "serving_default");
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private RequestFiles() {}

  /** Returns the signature that example predictions call, if the model has a suitable one. */
  static Optional<String> predicting(SavedModelDescription description) throws IOException {
    return request(description, "", new byte[0]).map(r -> r.getModelSpec().getSignatureName());
  }

  static boolean classifies(SavedModelDescription description) {
    return description.signatures().stream()
        .anyMatch(signature -> signature.key().equals(PredictionCalls.CLASSIFY));
  }

  /** Returns the files by name. */
  static Map<String, byte[]> of(String model, SavedModelDescription description, byte[] image)
      throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(ServingFiles.DESCRIPTORS, ServiceDescriptors.all().toByteArray());
    request(description, model, image)
        .ifPresent(
            request -> {
              files.put(ServingFiles.PREDICT, bytes(rest(request)));
              files.put(ServingFiles.PREDICT_RPC, bytes(rpc(request)));
            });
    if (classifies(description)) {
      files.put(ServingFiles.CLASSIFY, bytes(restExample(image)));
      files.put(ServingFiles.CLASSIFY_RPC, bytes(rpcExample(model, image)));
    }
    files.put(ServingFiles.IMAGE, image);
    return files;
  }

  private static Optional<PredictRequest> request(
      SavedModelDescription description, String model, byte[] image) throws IOException {
    WarmUpInputs inputs = WarmUpInputs.of(model, image, description);
    return PREFERRED_SIGNATURES.stream()
        .flatMap(
            key ->
                description.signatures().stream()
                    .filter(signature -> signature.key().equals(key))
                    .flatMap(signature -> inputs.requests(signature, List.of(1)).stream()))
        .filter(PredictionLog::hasPredictLog)
        .map(log -> log.getPredictLog().getRequest())
        .findFirst();
  }

  // In row format if every input has rows, as most callers use it.
  private static JsonObject rest(PredictRequest request) {
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    request.getInputsMap().forEach((name, tensor) -> inputs.put(name, TensorMessages.read(tensor)));
    boolean rows =
        inputs.values().stream()
            .allMatch(value -> value.shape().numDimensions() > 0 && value.rows() == 1);
    JsonObject values = new JsonObject();
    inputs.forEach(
        (name, value) -> {
          JsonElement nested = JsonTensors.nested(value);
          values.add(name, rows ? nested.getAsJsonArray().get(0) : nested);
        });
    JsonObject body = new JsonObject();
    body.addProperty("signature_name", request.getModelSpec().getSignatureName());
    if (rows) {
      JsonArray instances = new JsonArray();
      instances.add(values);
      body.add("instances", instances);
    } else {
      body.add("inputs", values);
    }
    return body;
  }

  private static JsonObject restExample(byte[] image) {
    JsonObject example = new JsonObject();
    example.add(ImageExamples.FEATURE, JsonTensors.bytes(image));
    JsonArray examples = new JsonArray();
    examples.add(example);
    JsonObject body = new JsonObject();
    body.addProperty("signature_name", PredictionCalls.CLASSIFY);
    body.add("examples", examples);
    return body;
  }

  private static JsonObject rpc(PredictRequest request) {
    JsonObject inputs = new JsonObject();
    request.getInputsMap().forEach((name, tensor) -> inputs.add(name, rpcTensor(tensor)));
    JsonObject body = new JsonObject();
    body.add(
        "modelSpec",
        specification(request.getModelSpec().getName(), request.getModelSpec().getSignatureName()));
    body.add("inputs", inputs);
    return body;
  }

  private static JsonObject rpcTensor(TensorProto tensor) {
    JsonArray dimensions = new JsonArray();
    tensor
        .getTensorShape()
        .getDimList()
        .forEach(dimension -> dimensions.add(member("size", Long.toString(dimension.getSize()))));
    JsonObject shape = new JsonObject();
    shape.add("dim", dimensions);
    JsonObject json = new JsonObject();
    json.addProperty("dtype", tensor.getDtype().name());
    json.add("tensorShape", shape);
    JsonArray elements = new JsonArray();
    if (tensor.getStringValCount() > 0) {
      tensor.getStringValList().forEach(string -> elements.add(base64(string.toByteArray())));
      json.add("stringVal", elements);
    } else if (tensor.getTensorContent().isEmpty()) {
      tensor.getFloatValList().forEach(elements::add);
      json.add("floatVal", elements);
    } else {
      addNumbers(json, TensorMessages.read(tensor), elements);
    }
    return json;
  }

  // Readable numbers, for those who change them; other types are sent as their bytes.
  private static void addNumbers(JsonObject json, TensorValue value, JsonArray elements) {
    switch (value.type()) {
      case INT32 -> {
        Arrays.stream(value.ints()).forEach(elements::add);
        json.add("intVal", elements);
      }
      case INT64 -> {
        // JSON of protocol buffers writes integers of 64 bits as strings.
        Arrays.stream(value.longs()).mapToObj(Long::toString).forEach(elements::add);
        json.add("int64Val", elements);
      }
      case FLOAT32 -> {
        for (float element : value.floats()) {
          elements.add(element);
        }
        json.add("floatVal", elements);
      }
      default ->
          json.addProperty(
              "tensorContent", base64(TensorMessages.of(value).getTensorContent().toByteArray()));
    }
  }

  private static JsonObject rpcExample(String model, byte[] image) {
    JsonArray values = new JsonArray();
    values.add(base64(image));
    JsonObject feature = nest(values, "bytesList", "value");
    JsonObject example = nest(feature, "features", "feature", ImageExamples.FEATURE);
    JsonArray examples = new JsonArray();
    examples.add(example);
    JsonObject body = new JsonObject();
    body.add("modelSpec", specification(model, PredictionCalls.CLASSIFY));
    body.add("input", nest(examples, "exampleList", "examples"));
    return body;
  }

  private static JsonObject specification(String model, String signature) {
    JsonObject json = member("name", model);
    json.addProperty("signatureName", signature);
    return json;
  }

  private static JsonObject nest(JsonElement inner, String... keys) {
    JsonElement nested = inner;
    for (int i = keys.length - 1; i >= 0; i--) {
      JsonObject outer = new JsonObject();
      outer.add(keys[i], nested);
      nested = outer;
    }
    return nested.getAsJsonObject();
  }

  private static JsonObject member(String key, String value) {
    JsonObject json = new JsonObject();
    json.addProperty(key, value);
    return json;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] bytes(JsonElement json) {
    return (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
