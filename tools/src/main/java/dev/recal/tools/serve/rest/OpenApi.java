package dev.recal.tools.serve.rest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.tools.serve.model.Lease;
import dev.recal.tools.serve.model.ModelTarget;
import dev.recal.tools.serve.model.ServedModel;
import dev.recal.tools.serve.model.ServingException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Describes the server's REST interface in OpenAPI 3.1, from the signatures that are served. */
public final class OpenApi {

  private static final String ERROR = "#/components/responses/Error";

  private OpenApi() {}

  /** Returns the document for the served versions of some models. */
  public static byte[] describe(List<ServedModel> models) {
    JsonObject info = new JsonObject();
    info.addProperty("title", "Recal model server");
    info.addProperty("version", "1");
    info.addProperty(
        "description",
        "The REST API of TensorFlow Serving for the models of this server. Numbers may also be"
            + " written as NaN, Infinity and -Infinity, which JSON does not have.");
    JsonObject document = new JsonObject();
    document.addProperty("openapi", "3.1.0");
    document.add("info", info);
    JsonObject paths = new JsonObject();
    paths.add("/v1/models", get("List the models and the states of their versions", "Models"));
    paths.add("/healthz", get("Whether the process is alive", "Health"));
    paths.add("/readyz", get("Whether requests are answered; 503 if not", "Health"));
    models.forEach(model -> add(paths, model));
    document.add("paths", paths);
    document.add("components", components());
    return document.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void add(JsonObject paths, ServedModel model) {
    String path =
        "/v1/models/" + URLEncoder.encode(model.name(), StandardCharsets.UTF_8).replace("+", "%20");
    paths.add(path, get("States of the versions of " + model.name(), "Status"));
    paths.add(path + "/metadata", get("Signatures of " + model.name(), "Metadata"));
    List<SignatureDescription> signatures;
    try (Lease lease = model.acquire(ModelTarget.latest(model.name()))) {
      signatures = lease.description().signatures();
    } catch (ServingException e) {
      // No version is loaded, so its signatures are not known.
      return;
    }
    List<JsonObject> requests = new ArrayList<>();
    List<JsonObject> responses = new ArrayList<>();
    for (SignatureDescription signature : signatures) {
      if (!signature.inputs().isEmpty()) {
        requests.add(request(signature));
        responses.add(response(signature));
      }
    }
    if (!requests.isEmpty()) {
      paths.add(
          path + ":predict",
          post("Call a signature of " + model.name(), anyOf(requests), anyOf(responses)));
    }
    for (ExampleCall call : ExampleCall.values()) {
      List<String> keys = call.keys(signatures);
      if (!keys.isEmpty()) {
        paths.add(
            path + ":" + call.verb(),
            post(
                "Call a signature of " + model.name() + " on examples",
                examples(keys),
                TensorSchema.reference("#/components/schemas/Results")));
      }
    }
  }

  private static JsonObject request(SignatureDescription signature) {
    JsonObject name = new JsonObject();
    name.addProperty("const", signature.key());
    JsonObject properties = new JsonObject();
    properties.add("signature_name", name);
    List<JsonObject> forms = new ArrayList<>();
    if (signature.batched()) {
      properties.add("instances", array(either(signature, true)));
      forms.add(requiring("instances"));
    }
    properties.add("inputs", either(signature, false));
    forms.add(requiring("inputs"));
    JsonObject schema = TensorSchema.typed("object");
    schema.addProperty("title", signature.key());
    schema.add("properties", properties);
    if (!signature.key().equals(SignatureName.DEFAULT)) {
      schema.add("required", requiring("signature_name").get("required"));
    }
    JsonArray one = new JsonArray();
    forms.forEach(one::add);
    schema.add("oneOf", one);
    return schema;
  }

  // A single input may be given without its name.
  private static JsonObject either(SignatureDescription signature, boolean row) {
    JsonObject named = TensorSchema.ofAll(signature.inputs(), row, false);
    return signature.inputs().size() > 1
        ? named
        : anyOf(List.of(TensorSchema.ofAll(signature.inputs(), row, true), named));
  }

  private static JsonObject response(SignatureDescription signature) {
    JsonObject properties = new JsonObject();
    if (signature.batched()) {
      properties.add("predictions", array(TensorSchema.ofAll(signature.outputs(), true, true)));
    }
    properties.add("outputs", TensorSchema.ofAll(signature.outputs(), false, true));
    JsonObject schema = TensorSchema.typed("object");
    schema.addProperty("title", signature.key());
    schema.add("properties", properties);
    return schema;
  }

  private static JsonObject examples(List<String> keys) {
    JsonObject names = TensorSchema.typed("string");
    JsonArray known = new JsonArray();
    keys.forEach(known::add);
    names.add("enum", known);
    JsonObject properties = new JsonObject();
    properties.add("signature_name", names);
    properties.add("context", TensorSchema.typed("object"));
    properties.add("examples", array(TensorSchema.typed("object")));
    JsonObject schema = TensorSchema.typed("object");
    schema.add("properties", properties);
    schema.add("required", requiring("examples").get("required"));
    return schema;
  }

  private static JsonObject array(JsonObject items) {
    JsonObject schema = TensorSchema.typed("array");
    schema.add("items", items);
    return schema;
  }

  private static JsonObject requiring(String property) {
    JsonArray names = new JsonArray();
    names.add(property);
    JsonObject schema = new JsonObject();
    schema.add("required", names);
    return schema;
  }

  private static JsonObject anyOf(List<JsonObject> schemas) {
    JsonArray all = new JsonArray();
    schemas.forEach(all::add);
    JsonObject schema = new JsonObject();
    schema.add("anyOf", all);
    return schema;
  }

  private static JsonObject get(String summary, String schema) {
    JsonObject operation = new JsonObject();
    operation.addProperty("summary", summary);
    operation.add("responses", responses(TensorSchema.reference("#/components/schemas/" + schema)));
    JsonObject path = new JsonObject();
    path.add("get", operation);
    return path;
  }

  private static JsonObject post(String summary, JsonObject request, JsonObject response) {
    JsonObject body = new JsonObject();
    body.addProperty("required", true);
    body.add("content", json(request));
    JsonObject operation = new JsonObject();
    operation.addProperty("summary", summary);
    operation.add("requestBody", body);
    operation.add("responses", responses(response));
    JsonObject path = new JsonObject();
    path.add("post", operation);
    return path;
  }

  private static JsonObject responses(JsonObject schema) {
    JsonObject ok = new JsonObject();
    ok.addProperty("description", "The answer.");
    ok.add("content", json(schema));
    JsonObject responses = new JsonObject();
    responses.add("200", ok);
    responses.add("default", TensorSchema.reference(ERROR));
    return responses;
  }

  private static JsonObject json(JsonObject schema) {
    JsonObject media = new JsonObject();
    media.add("schema", schema);
    JsonObject content = new JsonObject();
    content.add("application/json", media);
    return content;
  }

  private static JsonObject components() {
    JsonObject schemas = new JsonObject();
    schemas.add("Bytes", object("b64", TensorSchema.typed("string")));
    schemas.add("Error", object("error", TensorSchema.typed("string")));
    schemas.add("Health", object("status", TensorSchema.typed("string")));
    schemas.add("Models", object("models", array(TensorSchema.typed("object"))));
    schemas.add("Status", object("model_version_status", array(TensorSchema.typed("object"))));
    schemas.add("Metadata", object("metadata", TensorSchema.typed("object")));
    schemas.add("Results", object("results", TensorSchema.typed("array")));
    JsonObject error = new JsonObject();
    error.addProperty("description", "An error: what was expected, and what came.");
    error.add("content", json(TensorSchema.reference("#/components/schemas/Error")));
    JsonObject responses = new JsonObject();
    responses.add("Error", error);
    JsonObject components = new JsonObject();
    components.add("schemas", schemas);
    components.add("responses", responses);
    return components;
  }

  private static JsonObject object(String name, JsonObject property) {
    JsonObject properties = new JsonObject();
    properties.add(name, property);
    JsonObject schema = TensorSchema.typed("object");
    schema.add("properties", properties);
    schema.add("required", requiring(name).get("required"));
    return schema;
  }
}
