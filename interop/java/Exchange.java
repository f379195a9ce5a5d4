import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The common part of the programs of this directory: reads cases, calls a model and writes its
 * answers. Needs only JDK 17 and Gson, so that it compiles with any TensorFlow.
 *
 * <p>A tensor is {@code {"dtype": "float32", "shape": [2, 3], "data": base64}}, row-major and
 * little-endian; of strings {@code {"dtype": "string", "shape": [2], "strings": [base64, ...]}}.
 */
final class Exchange {

  /**
   * A tensor.
   *
   * @param raw little-endian elements; empty for strings
   * @param strings the elements of a tensor of strings, else empty
   */
  record Value(String dtype, long[] shape, byte[] raw, List<byte[]> strings) {

    static Value of(String dtype, long[] shape, byte[] raw) {
      return new Value(dtype, shape, raw, List.of());
    }

    static Value ofStrings(long[] shape, List<byte[]> strings) {
      return new Value("string", shape, new byte[0], strings);
    }

    boolean isString() {
      return dtype.equals("string");
    }

    ByteBuffer buffer() {
      return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    }

    float[] floats() {
      float[] values = new float[raw.length / Float.BYTES];
      buffer().asFloatBuffer().get(values);
      return values;
    }
  }

  /** A call of a signature. */
  record Case(String signature, Map<String, Value> inputs) {}

  /** Calls a signature. */
  interface Caller {
    Map<String, Value> call(Case one) throws Exception;
  }

  /** Loads a model, lists and calls it. */
  interface ModelLoader {
    void examine(String model, List<Case> cases, Exchange exchange) throws Exception;
  }

  private final JsonObject answers = new JsonObject();
  private final JsonArray calls = new JsonArray();

  private Exchange(String runtime) {
    answers.addProperty("runtime", runtime);
    answers.add("calls", calls);
  }

  /**
   * Examines models one after the other.
   *
   * @param runtime the version of TensorFlow that runs
   * @param arguments the directory for answers, then directories with a model in {@code model/1}
   *     and {@code cases.json}; each gets a file of answers under its name
   */
  static void run(String runtime, String[] arguments, ModelLoader examination) throws IOException {
    for (String argument : List.of(arguments).subList(1, arguments.length)) {
      Path sample = Path.of(argument);
      Exchange exchange = new Exchange(runtime);
      try {
        String model = sample.resolve("model").resolve("1").toString();
        examination.examine(model, cases(sample.resolve("cases.json")), exchange);
      } catch (Exception | LinkageError e) {
        exchange.answers.addProperty("error", message(e));
      }
      Path file = Path.of(arguments[0]).resolve(sample.getFileName() + ".json");
      Files.writeString(file, exchange.answers.toString());
    }
  }

  private static List<Case> cases(Path file) throws IOException {
    List<Case> cases = new ArrayList<>();
    JsonObject all = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    for (JsonElement element : all.getAsJsonArray("cases")) {
      JsonObject one = element.getAsJsonObject();
      Map<String, Value> inputs = new TreeMap<>();
      for (Map.Entry<String, JsonElement> entry : one.getAsJsonObject("inputs").entrySet()) {
        inputs.put(entry.getKey(), value(entry.getValue().getAsJsonObject()));
      }
      cases.add(new Case(one.get("signature").getAsString(), inputs));
    }
    return cases;
  }

  /** Calls all cases; a failure is recorded and does not stop the next call. */
  void callAll(List<Case> cases, Caller caller) {
    for (Case one : cases) {
      JsonObject call = new JsonObject();
      try {
        JsonObject outputs = new JsonObject();
        caller.call(one).forEach((name, value) -> outputs.add(name, json(value)));
        call.add("outputs", outputs);
      } catch (Exception | LinkageError e) {
        call.addProperty("error", message(e));
      }
      calls.add(call);
    }
  }

  void signatures(Collection<String> keys) {
    JsonArray all = new JsonArray();
    keys.forEach(all::add);
    answers.add("signatures", all);
  }

  /**
   * Adds a variable with the value that it has in the loaded model.
   *
   * @param tensor its name as collections have it, with {@code :0}
   */
  void variable(String tensor, boolean trainable, Value value) {
    String name = tensor.replaceFirst(":0$", "");
    if (!answers.has("variables")) {
      answers.add("variables", new JsonObject());
    }
    JsonObject variable = json(value);
    variable.addProperty("trainable", trainable);
    answers.getAsJsonObject("variables").add(name, variable);
  }

  private static Value value(JsonObject json) {
    List<JsonElement> sizes = json.getAsJsonArray("shape").asList();
    long[] shape = sizes.stream().mapToLong(JsonElement::getAsLong).toArray();
    String dtype = json.get("dtype").getAsString();
    if (!json.has("strings")) {
      return Value.of(dtype, shape, Base64.getDecoder().decode(json.get("data").getAsString()));
    }
    List<byte[]> strings = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("strings")) {
      strings.add(Base64.getDecoder().decode(element.getAsString()));
    }
    return Value.ofStrings(shape, strings);
  }

  private static JsonObject json(Value value) {
    JsonObject json = new JsonObject();
    json.addProperty("dtype", value.dtype());
    JsonArray shape = new JsonArray();
    for (long size : value.shape()) {
      shape.add(size);
    }
    json.add("shape", shape);
    if (value.isString()) {
      JsonArray strings = new JsonArray();
      value.strings().forEach(bytes -> strings.add(Base64.getEncoder().encodeToString(bytes)));
      json.add("strings", strings);
    } else {
      json.addProperty("data", Base64.getEncoder().encodeToString(value.raw()));
    }
    return json;
  }

  private static String message(Throwable failure) {
    Throwable cause = failure;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
