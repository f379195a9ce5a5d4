package example;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

/** RestClient http://HOST:8501 MODEL IMAGE...: classifies images with TensorFlow Serving. */
public final class RestClient {

  private RestClient() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    JsonArray images = new JsonArray();
    for (int i = 2; i < args.length; i++) {
      JsonObject bytes = new JsonObject();
      bytes.addProperty(
          "b64", Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(args[i]))));
      JsonObject row = new JsonObject();
      row.add("image_bytes", bytes);
      images.add(row);
    }
    JsonObject body = new JsonObject();
    body.addProperty("signature_name", "serving_bytes");
    body.add("instances", images);

    HttpRequest request =
        HttpRequest.newBuilder(URI.create(args[0] + "/v1/models/" + args[1] + ":predict"))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    JsonObject answer = JsonParser.parseString(response.body()).getAsJsonObject();
    if (response.statusCode() != 200) {
      throw new IOException("The server says: " + answer.get("error").getAsString());
    }
    int index = 2;
    for (JsonElement row : answer.getAsJsonArray("predictions")) {
      JsonObject prediction = row.getAsJsonObject();
      int best = prediction.get("classes").getAsInt();
      System.out.printf(
          "%s: %s %.4f%n",
          args[index++],
          prediction.get("labels").getAsString(),
          prediction.getAsJsonArray("probabilities").get(best).getAsDouble());
    }
  }
}
