package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.TinyModel;
import dev.recal.tools.serve.Http.Answer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every path and form of TensorFlow Serving's REST interface, and every error. */
class RestTest {

  @TempDir private static Path directory;
  private static ModelServer server;
  private static ModelServer images;
  private static Http http;

  @BeforeAll
  static void start() throws IOException {
    Path model = directory.resolve("scale");
    ScaleModel.write(model.resolve("3"), 2f);
    ServeLimits limits = new ServeLimits(64 << 10, Duration.ofSeconds(20), 100);
    server = ModelServer.start(model, ServeSettings.defaults().withLimits(limits));
    http = new Http(server.uri());
    images =
        ModelServer.start(
            TinyModel.write(directory.resolve("tiny")), ServeSettings.defaults().withName("t"));
  }

  @AfterAll
  static void stop() {
    server.close();
    images.close();
  }

  private static Answer predict(String body) throws IOException, InterruptedException {
    return http.post("/v1/models/scale:predict", body);
  }

  @Test
  void statusListsTheVersions() throws Exception {
    Answer answer = http.get("/v1/models/scale");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.type()).isEqualTo("application/json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"model_version_status\":[{\"version\":\"3\",\"state\":\"AVAILABLE\",\"status\":"
                + "{\"error_code\":\"OK\",\"error_message\":\"\"}}]}");
    assertThat(http.get("/v1/models/scale/versions/3").body()).isEqualTo(answer.body());
  }

  @Test
  void metadataListsTheSignatures() throws Exception {
    JsonObject json = http.get("/v1/models/scale/metadata").json();
    assertThat(json.get("model_spec").toString())
        .isEqualTo("{\"name\":\"scale\",\"signature_name\":\"\",\"version\":\"3\"}");
    JsonObject signature =
        json.getAsJsonObject("metadata")
            .getAsJsonObject("signature_def")
            .getAsJsonObject("signature_def")
            .getAsJsonObject("serving_default");
    assertThat(signature.get("method_name").getAsString()).isEqualTo("tensorflow/serving/predict");
    assertThat(signature.getAsJsonObject("inputs").get("x").toString())
        .startsWith(
            "{\"dtype\":\"DT_FLOAT\",\"tensor_shape\":{\"dim\":[{\"size\":\"-1\",\"name\":\"\"},"
                + "{\"size\":\"2\",\"name\":\"\"}],\"unknown_rank\":false},\"name\":\"x");
    assertThat(http.get("/v1/models/scale/versions/3/metadata").json()).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // A single input and output, unnamed and named, by rows and by columns.
        "{\"instances\": [[1, 2.5], [3e0, -4]]} | {\"predictions\":[[2.0,5.0],[6.0,-8.0]]}",
        "{\"instances\": [{\"x\": [1, 2]}]} | {\"predictions\":[[2.0,4.0]]}",
        "{\"inputs\": [[1, 2]]} | {\"outputs\":[[2.0,4.0]]}",
        "{\"inputs\": {\"x\": [[1, 2]], \"more\": [{}]}} | {\"outputs\":[[2.0,4.0]]}",
        "{\"other\": [1], \"instances\": [[1, 2]], \"signature_name\": \"serving_default\"}"
            + " | {\"predictions\":[[2.0,4.0]]}",
        // Values that JSON cannot represent.
        "{\"instances\": [[NaN, Infinity]]} | {\"predictions\":[[NaN,Infinity]]}",
        "{\"instances\": [[0, -0.0]], \"signature_name\": \"inverse\"}"
            + " | {\"predictions\":[[Infinity,-Infinity]]}",
        // Several.
        "{\"signature_name\": \"pair\", \"instances\": [{\"a\": 2, \"b\": 3}, {\"b\": 1, \"a\":"
            + " 5}]} |"
            + " {\"predictions\":[{\"sum\":5.0,\"product\":6.0},{\"sum\":6.0,\"product\":5.0}]}",
        "{\"signature_name\": \"pair\", \"inputs\": {\"a\": [2, 5], \"b\": [3, 1]}}"
            + " | {\"outputs\":{\"sum\":[5.0,6.0],\"product\":[6.0,5.0]}}",
        "{\"signature_name\": \"pair\", \"inputs\": {\"a\": [2, 5], \"b\": [3]}}"
            + " | {\"outputs\":{\"sum\":[5.0,8.0],\"product\":[6.0,15.0]}}",
        // Strings and bytes.
        "{\"signature_name\": \"echo\", \"instances\": [\"h\\u00e9\", {\"b64\": \"aGk=\"}]}"
            + " | {\"predictions\":[{\"text\":\"hé\",\"raw_bytes\":{\"b64\":\"aMOp\"}},"
            + "{\"text\":\"hi\",\"raw_bytes\":{\"b64\":\"aGk=\"}}]}",
        "{\"signature_name\": \"echo\", \"instances\": [{\"text\": {\"b64\": \"aGk=\"}}]}"
            + " | {\"predictions\":[{\"text\":\"hi\",\"raw_bytes\":{\"b64\":\"aGk=\"}}]}",
        "{\"signature_name\": \"echo\", \"inputs\": {\"text\": [\"hi\"]}}"
            + " | {\"outputs\":{\"text\":[\"hi\"],\"raw_bytes\":[{\"b64\":\"aGk=\"}]}}",
        // A scalar has a value but no rows.
        "{\"signature_name\": \"total\", \"inputs\": [[1, 2], [3, 4]]} | {\"outputs\":10.0}"
      })
  void predictAnswers(String body, String expected) throws Exception {
    Answer answer = predict(body);
    assertThat(answer.body()).isEqualTo(expected);
    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~ | JSON Parse error: The document is empty",
        "{\"instances\": [[1, 2] | JSON Parse error: ",
        "{\"instances\": [[1, 2]]} x | JSON Parse error: ",
        "{'instances': [[1, 2]]} | JSON Parse error: ",
        "{\"instances\": [[1, 2]]} {} | JSON Parse error: ",
        "[1] | Is not object",
        "{} | Missing 'inputs' or 'instances' key",
        "{\"instances\": [[1, 2]], \"inputs\": [[1, 2]]} | only one of 'inputs' or 'instances'",
        "{\"instances\": []} | No values in 'instances' array",
        "{\"instances\": 3} | to be an list/array",
        "{\"instances\": [[1, 2], [3]]} | unexpected size: 1 at level: 0 expected size: 2",
        "{\"instances\": [[1, [2]]]} | unexpected level: 1 expected < 1",
        "{\"instances\": [[[1], 2]]} | incorrect level: 2",
        "{\"instances\": [[1, 2, 3]]} | takes shape [-1, 2] (-1 is free), but got [1, 3]",
        "{\"instances\": [[]]} | takes shape [-1, 2]",
        "{\"inputs\": 3} | takes shape [-1, 2]",
        "{\"instances\": [[1, \"2\"]]} | JSON Value: 2 Type: String is not of expected type: float",
        "{\"instances\": [[1, null]]} | Type: Null is not of expected type: float",
        "{\"instances\": [[1, true]]} | Type: True is not of expected type: float",
        "{\"instances\": [[1, 16777217]]} | 16777217 to float without loss of precision",
        "{\"instances\": [[1, 1e39]]} | 1e39 to float without loss of precision",
        "{\"instances\": [{\"b64\": \"aGk=\"}]} | not of expected type: float",
        "{\"instances\": [{\"z\": [1, 2]}]} | does not have named input: z",
        "{\"instances\": [{}]} | keys must be equal to: x",
        "{\"instances\": [{\"x\": [1, 2]}, [1, 2]]} | Expecting object but got list at item 1",
        "{\"instances\": [[1, 2], {\"x\": [1, 2]}]} | Expecting value/list but got object at item"
            + " 1",
        "{\"instances\": [{\"x\": [1, 2], \"x\": [1, 2]}]} | The name is given twice",
        "{\"inputs\": {\"y\": [[1, 2]]}} | Missing named input: x in 'inputs' object.",
        "{\"signature_name\": 3, \"instances\": [[1, 2]]} | 'signature_name' key must be a string",
        "{\"signature_name\": \"zzz\", \"instances\": [[1, 2]]}"
            + " | Serving signature name: \"zzz\" not found in signature def",
        "{\"signature_name\": \"pair\", \"instances\": [1]} | instances is a plain list",
        "{\"signature_name\": \"pair\", \"inputs\": [1]} | inputs is a plain value/list",
        "{\"signature_name\": \"pair\", \"instances\": [{\"a\": 1}]} | keys must be equal to: ",
        "{\"signature_name\": \"pair\", \"inputs\": {\"a\": [1], \"b\": [1.0]}}"
            + " | Type: Number is not of expected type: int64",
        "{\"signature_name\": \"pair\", \"inputs\": {\"a\": [1, 2], \"b\": [1, 2, 3]}}"
            + " | signature 'pair' cannot be computed from them",
        "{\"signature_name\": \"echo\", \"instances\": [{\"b64\": \"%\"}]} | Unable to base64"
            + " decode",
        "{\"signature_name\": \"echo\", \"instances\": [{\"b64\": \"aGk=\", \"c\": 1}]}"
            + " | expected an object with 'b64' only",
        "{\"signature_name\": \"total\", \"instances\": [[1, 2]]} | has no shape information"
      })
  void predictRejectsInvalidArguments(String body, String part) throws Exception {
    Answer answer = predict(body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.error()).contains(part);
  }

  @Test
  void rejectsDeeplyNestedJson() throws Exception {
    Answer answer = predict("{\"instances\": " + "[".repeat(30_000) + "]".repeat(30_000) + "}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains("nesting depth");
    String objects = "{\"other\": " + "{\"a\":".repeat(8_000);
    assertThat(predict(objects).error()).contains("nesting depth");
  }

  @Test
  void rejectsOversizedBodyInAnyForm() throws Exception {
    String large = "{\"instances\": [" + "[1, 2],".repeat(20_000) + "[1, 2]]}";
    Answer announced = predict(large);
    assertThat(announced.status()).isEqualTo(413);
    assertThat(announced.error()).contains("larger than 65536 bytes");
    Answer chunked =
        http.send(
            HttpRequest.newBuilder(http.base().resolve("/v1/models/scale:predict"))
                .POST(
                    BodyPublishers.fromPublisher(
                        BodyPublishers.ofString(large))) // of unknown length
                .build());
    assertThat(chunked.status()).isEqualTo(413);
    assertThat(predict("{\"instances\": [[1, 2]]}").status()).isEqualTo(200);
  }

  @Test
  void rejectsOversizedResponseBeforeComputing() throws Exception {
    ServeLimits small = new ServeLimits(20 << 10, Duration.ofSeconds(20), 10);
    try (ModelServer limited =
        ModelServer.start(directory.resolve("tiny"), ServeSettings.defaults().withLimits(small))) {
      String row = "[" + "[0,0,0],".repeat(TinyModel.SIZE - 1) + "[0,0,0]]";
      String image = "[" + (row + ",").repeat(TinyModel.SIZE - 1) + row + "]";
      String features = "{\"signature_name\": \"features\", \"instances\": [";
      Http client = new Http(limited.uri());
      Answer refused =
          client.post("/v1/models/tiny:predict", features + image + "," + image + "]}");
      assertThat(refused.status()).as(refused.body()).isEqualTo(413);
      assertThat(refused.error()).contains("'features' for 2 rows");
      assertThat(client.post("/v1/models/tiny:predict", features + image + "]}").status())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /v1/models/half | 404 | Could not find any versions of model half",
        "GET | /v1/models/scale/versions/7 | 404 | Could not find version 7 of model scale",
        "GET | /v1/models/half/metadata | 404 | Servable not found for request: Latest(half)",
        "POST | /v1/models/half:predict | 404 | Servable not found for request: Latest(half)",
        "POST | /v1/models/scale/versions/7:predict | 404"
            + " | Servable not found for request: Specific(scale, 7)",
        "POST | /v1/models/scale/versions/99999999999999999999:predict | 404 | Specific(scale, ",
        "GET | /v1/models/scale/labels/stable | 400 | Unrecognized servable version label: stable",
        "GET | /v1/models/scale/labels/stable/metadata | 400 | version label: stable",
        "POST | /v1/models/scale/labels/stable:predict | 400 | version label: stable",
        "GET | /v1/models/scale:predict | 400 | Malformed request: GET /v1/models/scale:predict",
        "POST | /v1/models/scale | 400 | Malformed request: POST /v1/models/scale",
        "POST | /v1/models/scale:explain | 400 | Malformed request",
        "GET | /v1/models/scale/versions/one | 400 | Malformed request",
        "DELETE | /v1/models/scale | 400 | Malformed request: DELETE",
        "GET | /v1/ | 400 | Malformed request",
        "GET | /nothing | 404 | Nothing is served at GET /nothing",
        "POST | / | 404 | Nothing is served at POST /"
      })
  void rejectsMissingPaths(String method, String path, int status, String part) throws Exception {
    Answer answer =
        http.send(
            HttpRequest.newBuilder(http.base().resolve(path))
                .method(method, BodyPublishers.ofString("{\"instances\": [[1, 2]]}"))
                .build());
    assertThat(answer.error()).contains(part);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.type()).isEqualTo("application/json");
  }

  @Test
  void classifyAndRegressAnswerOnExamples() throws Exception {
    String examples =
        "{\"signature_name\": \"%s\", \"context\": {\"x\": 0.5}, \"examples\": [{\"x\": 0.25},"
            + " {}]}";
    assertThat(http.post("/v1/models/scale:classify", examples.formatted("classify")).body())
        .isEqualTo("{\"results\":[[[\"yes\",0.25],[\"no\",0.75]],[[\"yes\",0.5],[\"no\",0.5]]]}");
    assertThat(
            http.post("/v1/models/scale/versions/3:regress", examples.formatted("regress")).body())
        .isEqualTo("{\"results\":[0.5,1.0]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "classify | {\"examples\": [{}]} | method_name to be tensorflow/serving/classify. Was:"
            + " tensorflow/serving/predict. Signatures of that method: [classify]",
        "regress | {\"examples\": [{}], \"signature_name\": \"classify\"}"
            + " | regression signature method_name to be tensorflow/serving/regress",
        "classify | {\"examples\": [{}], \"signature_name\": \"zz\"} | with the name: zz",
        "classify | {\"instances\": [{}]} | key 'examples' is expected",
        "classify | {\"examples\": {}} | Expecting 'examples' value to be an list/array",
        "classify | {\"examples\": []} | 'examples' value is an empty array",
        "classify | {\"examples\": [3]} | Example must be JSON object but got JSON Number",
        "classify | {\"examples\": [{\"x\": null}]} | unexpected JSON type: Null",
        "classify | {\"examples\": [{\"x\": [[1]]}]} | unexpected JSON type: Array",
        "classify | {\"examples\": [{\"x\": [1, 2.5]}]} | Unexpected element type in feature: x"
            + " expecting type: int64",
        "classify | {\"examples\": [{\"x\": 1}], \"signature_name\": \"classify\"}"
            + " | signature 'classify' cannot be computed from them",
        "classify | {\"examples\": [{\"x\": 1 | JSON Parse error"
      })
  void classifyAndRegressRejectInvalidRequests(String verb, String body, String part)
      throws Exception {
    Answer answer = http.post("/v1/models/scale:" + verb, body);
    assertThat(answer.error()).contains(part);
    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void imagesMatchThePredictor() throws Exception {
    byte[] png = Files.readAllBytes(TinyModel.image(directory.resolve("image.png")));
    String body =
        "{\"signature_name\": \"serving_bytes\", \"instances\": [{\"b64\": \"%s\"}]}"
            .formatted(Base64.getEncoder().encodeToString(png));
    Http tiny = new Http(images.uri());
    JsonObject answer =
        tiny.post("/v1/models/t:predict", body)
            .json()
            .getAsJsonArray("predictions")
            .get(0)
            .getAsJsonObject();
    try (Predictor predictor = Predictor.open(directory.resolve("tiny"))) {
      Map<String, TensorValue> expected =
          predictor.call("serving_bytes", Map.of("image_bytes", TensorValue.ofBytes(List.of(png))));
      JsonArray probabilities = answer.getAsJsonArray("probabilities");
      assertThat(probabilities.get(0).getAsFloat())
          .isEqualTo(expected.get("probabilities").floats()[0]);
      assertThat(answer.get("labels").getAsString())
          .isEqualTo(expected.get("labels").strings().get(0));
    }
    Answer noImage =
        tiny.post(
            "/v1/models/t:predict",
            "{\"signature_name\": \"serving_bytes\", \"instances\": [\"no image\"]}");
    assertThat(noImage.status()).isEqualTo(400);
    assertThat(noImage.error()).contains("signature 'serving_bytes' cannot be computed from them");
  }

  @Test
  void photographsAreClassifiedAsInTraining() throws Exception {
    Path folder = Files.createDirectories(directory.resolve("photographs"));
    byte[] png = Files.readAllBytes(TinyModel.image(folder.resolve("image.png")));
    byte[] tiff = Files.readAllBytes(TinyModel.image(folder.resolve("image.tiff")));
    byte[] turned = TinyModel.turnedJpeg(folder);
    byte[] upright = ServableImage.of(turned);
    byte[] stored = Files.readAllBytes(folder.resolve("turned.jpg"));
    assertThat(probability(tiff)).isEqualTo(probability(png));
    assertThat(probability(turned)).isEqualTo(probability(upright));
    assertThat(probability(turned)).isNotEqualTo(probability(stored));
    byte[] heic = "\0\0\0\u0018ftypheic\0\0\0\0mif1heic".getBytes(StandardCharsets.ISO_8859_1);
    Answer refused = post(heic);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).contains("element 0 of 'image_bytes' is a HEIC image");
  }

  private static Answer post(byte[] file) throws Exception {
    String body =
        "{\"signature_name\": \"serving_bytes\", \"instances\": [{\"b64\": \"%s\"}]}"
            .formatted(Base64.getEncoder().encodeToString(file));
    return new Http(images.uri()).post("/v1/models/t:predict", body);
  }

  private static float probability(byte[] file) throws Exception {
    JsonObject answer = post(file).json().getAsJsonArray("predictions").get(0).getAsJsonObject();
    return answer.getAsJsonArray("probabilities").get(0).getAsFloat();
  }

  @Test
  void anExportedClassifierAnswersClassify() throws Exception {
    byte[] png = Files.readAllBytes(TinyModel.image(directory.resolve("classified.png")));
    String body =
        "{\"signature_name\": \"classify\", \"examples\": [{\"image/encoded\": {\"b64\": \"%s\"}}]}"
            .formatted(Base64.getEncoder().encodeToString(png));
    JsonArray pairs =
        new Http(images.uri())
            .post("/v1/models/t:classify", body)
            .json()
            .getAsJsonArray("results")
            .get(0)
            .getAsJsonArray();
    assertThat(pairs).hasSize(2);
    float first = pairs.get(0).getAsJsonArray().get(1).getAsFloat();
    float second = pairs.get(1).getAsJsonArray().get(1).getAsFloat();
    assertThat(first).isGreaterThanOrEqualTo(second);
    assertThat(first + second).isBetween(0.9999f, 1.0001f);
    assertThat(
            List.of(
                pairs.get(0).getAsJsonArray().get(0).getAsString(),
                pairs.get(1).getAsJsonArray().get(0).getAsString()))
        .containsExactlyInAnyOrder("cat", "dog");
  }

  @Test
  void rejectsEncodedBodies() throws Exception {
    Answer answer =
        http.send(
            HttpRequest.newBuilder(http.base().resolve("/v1/models/scale:predict"))
                .header("Content-Encoding", "br")
                .POST(BodyPublishers.ofString("{}"))
                .build());
    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.error()).contains("'br'");
  }
}
