package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.gson.JsonPrimitive;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.tools.serve.model.ServedModel;
import dev.recal.tools.serve.model.VersionState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Descriptions of a model in TensorFlow Serving's JSON form of protocol buffers. */
public final class ModelJson {

  private ModelJson() {}

  /** Returns the response to {@code GET /v1/models/NAME}. */
  public static byte[] status(List<VersionState> states) {
    return ResponseWriter.write(
        json -> {
          json.writeStartObject();
          states(json, states);
          json.writeEndObject();
        });
  }

  /** Returns the response to {@code GET /v1/models}. */
  public static byte[] models(List<ServedModel> models) {
    return ResponseWriter.write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("models");
          for (ServedModel model : models) {
            json.writeStartObject();
            json.writeStringField("name", model.name());
            json.writeBooleanField("ready", model.isLoaded());
            json.writeObjectFieldStart("version_labels");
            for (Map.Entry<String, Long> label : new TreeMap<>(model.labels()).entrySet()) {
              json.writeStringField(label.getKey(), Long.toString(label.getValue()));
            }
            json.writeEndObject();
            states(json, model.states());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /**
   * Returns the response of the probes.
   *
   * @param notReady why the server is not ready; empty if it is
   */
  public static byte[] health(Optional<String> notReady) {
    return ResponseWriter.write(
        json -> {
          json.writeStartObject();
          json.writeStringField("status", notReady.isPresent() ? "not ready" : "ok");
          if (notReady.isPresent()) {
            json.writeStringField("reason", notReady.get());
          }
          json.writeEndObject();
        });
  }

  private static void states(JsonGenerator json, List<VersionState> states) throws IOException {
    json.writeArrayFieldStart("model_version_status");
    for (VersionState state : states) {
      json.writeStartObject();
      // Protocol buffers write numbers of 64 bits as strings.
      json.writeStringField("version", Long.toString(state.version()));
      json.writeStringField("state", state.state().name());
      json.writeObjectFieldStart("status");
      json.writeStringField("error_code", state.code());
      json.writeStringField("error_message", state.message());
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Returns the response to {@code GET /v1/models/NAME/metadata}. */
  public static byte[] metadata(String name, long version, SavedModelDescription model) {
    return ResponseWriter.write(
        json -> {
          json.writeStartObject();
          json.writeObjectFieldStart("model_spec");
          json.writeStringField("name", name);
          json.writeStringField("signature_name", "");
          json.writeStringField("version", Long.toString(version));
          json.writeEndObject();
          json.writeObjectFieldStart("metadata");
          json.writeObjectFieldStart("signature_def");
          json.writeObjectFieldStart("signature_def");
          for (SignatureDescription signature : model.signatures()) {
            json.writeObjectFieldStart(signature.key());
            tensors(json, "inputs", signature.inputs());
            tensors(json, "outputs", signature.outputs());
            json.writeStringField("method_name", signature.method());
            json.writeEndObject();
          }
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  /**
   * Returns the description for the page: name, names of all models, version, class names, what an
   * image has of a classifier's classes, sizes of the scales of a pyramid, signatures and their
   * shapes.
   */
  public static byte[] page(
      String name, List<String> names, long version, SavedModelDescription model) {
    return ResponseWriter.write(
        json -> {
          json.writeStartObject();
          json.writeStringField("name", name);
          json.writeArrayFieldStart("models");
          for (String one : names) {
            json.writeString(one);
          }
          json.writeEndArray();
          json.writeNumberField("version", version);
          json.writeArrayFieldStart("labels");
          for (String label : model.labels()) {
            json.writeString(label);
          }
          json.writeEndArray();
          if (model.metadata().get("outputs") instanceof JsonPrimitive outputs) {
            json.writeStringField("outputs", outputs.getAsString());
          }
          json.writeArrayFieldStart("scales");
          for (ScaleSize scale : ScaleSize.of(model.metadata())) {
            json.writeStartObject();
            json.writeNumberField("height", scale.height());
            json.writeNumberField("width", scale.width());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeObjectFieldStart("signatures");
          for (SignatureDescription signature : model.signatures()) {
            json.writeObjectFieldStart(signature.key());
            shapes(json, "inputs", signature.inputs());
            shapes(json, "outputs", signature.outputs());
            json.writeEndObject();
          }
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static void tensors(
      JsonGenerator json, String field, Map<String, TensorDescription> tensors) throws IOException {
    json.writeObjectFieldStart(field);
    for (Map.Entry<String, TensorDescription> entry : tensors.entrySet()) {
      TensorDescription tensor = entry.getValue();
      json.writeObjectFieldStart(entry.getKey());
      json.writeStringField("dtype", tensor.type().name());
      json.writeObjectFieldStart("tensor_shape");
      json.writeArrayFieldStart("dim");
      for (long size : sizes(tensor)) {
        json.writeStartObject();
        json.writeStringField("size", Long.toString(size));
        json.writeStringField("name", "");
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeBooleanField("unknown_rank", tensor.shape().isUnknown());
      json.writeEndObject();
      json.writeStringField("name", tensor.tensor());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void shapes(
      JsonGenerator json, String field, Map<String, TensorDescription> tensors) throws IOException {
    json.writeObjectFieldStart(field);
    for (Map.Entry<String, TensorDescription> entry : tensors.entrySet()) {
      json.writeFieldName(entry.getKey());
      json.writeArray(sizes(entry.getValue()), 0, sizes(entry.getValue()).length);
    }
    json.writeEndObject();
  }

  private static long[] sizes(TensorDescription tensor) {
    return tensor.shape().isUnknown() ? new long[0] : tensor.shape().asArray();
  }
}
