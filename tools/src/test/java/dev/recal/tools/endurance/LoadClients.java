package dev.recal.tools.endurance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.recal.tools.TinyModel;
import dev.recal.tools.serve.Http;
import dev.recal.tools.serve.Http.Answer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * Clients of a server of {@link TinyModel}, of which a later version has logits that are shifted
 * further: each sends one request and judges the answer.
 */
final class LoadClients {

  /** What later versions add to the first logit, times their number. */
  static final float SHIFT = 10;

  private static final String PREDICT = "/v1/models/m:predict";
  private static final float TOLERANCE = 1e-2f;
  private static final int HEAVY = 48;
  // Deliberate: too much is waiting, or it took longer than the server's limit.
  private static final Set<Integer> LIMITS = Set.of(413, 503, 504);
  private static final String HEAD =
      "POST " + PREDICT + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n";

  private final Http http;
  private final URI uri;
  private final LoadFigures figures;
  private final String light;
  private final float[] lightLogits;
  private final String heavy;
  private final float[] heavyLogits;
  private final String huge;
  private final List<String> malformed;

  /**
   * Prepares the requests.
   *
   * @param directory for images
   * @param pixels logits of {@link TinyModel#images} by the first version
   * @param image logits of {@link TinyModel#image} by the first version
   */
  LoadClients(URI uri, LoadFigures figures, Path directory, float[] pixels, float[] image)
      throws IOException {
    this.uri = uri;
    this.figures = figures;
    http = new Http(uri);
    light = "{\"instances\": [" + pixels() + "]}";
    lightLogits = pixels;
    heavyLogits = image;
    byte[] png = Files.readAllBytes(TinyModel.image(directory.resolve("image.png")));
    heavy = bytes(Collections.nCopies(HEAVY, png));
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8000, 8000, BufferedImage.TYPE_BYTE_BINARY), "png", bomb);
    huge = bytes(Collections.nCopies(20, bomb.toByteArray()));
    malformed =
        List.of(
            light.substring(0, light.length() / 2),
            "[".repeat(10_000),
            "{\"instances\": [[1, 2], [3]]}",
            "{\"instances\": \"" + "x".repeat(1000) + "\"}",
            "{\"instances\": [1e999]}",
            "{\"signature_name\": \"none\", \"instances\": []}",
            "{\"signature_name\": \"serving_bytes\", \"instances\": [{\"b64\": \"!\"}]}",
            "{\"signature_name\": \"serving_bytes\", \"instances\": [\"no image\"]}",
            "");
  }

  /** Returns the rows of one image of {@link TinyModel#images}, as JSON. */
  private static String pixels() {
    float[] values = TinyModel.images(1).floats();
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < values.length; i++) {
      int column = i / 3 % TinyModel.SIZE;
      json.append(i == 0 ? "[[" : i % 3 != 0 ? "," : column == 0 ? "]],[[" : "],[");
      json.append(values[i]);
    }
    return json.append("]]]").toString();
  }

  private static String bytes(List<byte[]> images) {
    List<String> instances =
        images.stream()
            .map(image -> "{\"b64\": \"" + Base64.getEncoder().encodeToString(image) + "\"}")
            .toList();
    return "{\"signature_name\": \"serving_bytes\", \"instances\": " + instances + "}";
  }

  /**
   * One image as numbers.
   *
   * @return the number of the version that answered; −1 if none did
   */
  int light(LoadFigures times) throws IOException, InterruptedException {
    long sent = System.nanoTime();
    Answer answer = http.post(PREDICT, light);
    times.time(System.nanoTime() - sent);
    return checked("light", answer, lightLogits, 1);
  }

  /** Many image files. */
  int heavy() throws IOException, InterruptedException {
    Answer answer = http.post(PREDICT, heavy);
    if (LIMITS.contains(answer.status())) {
      figures.add("heavy", Integer.toString(answer.status()));
      return -1;
    }
    return checked("heavy", answer, heavyLogits, HEAVY);
  }

  // Every row has the logits of one version.
  private int checked(String kind, Answer answer, float[] logits, int rows) {
    if (answer.status() != 200) {
      figures.fail(kind, Integer.toString(answer.status()), answer.body());
      return -1;
    }
    JsonArray predictions = answer.json().getAsJsonArray("predictions");
    int version = Math.round((logit(predictions.get(0), 0) - logits[0]) / SHIFT);
    boolean right = predictions.size() == rows && version >= 0;
    for (JsonElement row : predictions) {
      right &= Math.abs(logit(row, 0) - logits[0] - SHIFT * version) < TOLERANCE;
      right &= Math.abs(logit(row, 1) - logits[1] + SHIFT * version) < TOLERANCE;
    }
    if (!right) {
      figures.fail(kind, "other values", answer.body());
      return -1;
    }
    figures.add(kind, "200, right values");
    return version;
  }

  private static float logit(JsonElement row, int index) {
    return row.getAsJsonObject().getAsJsonArray("logits").get(index).getAsFloat();
  }

  /** Requests that are wrong. */
  void malformed(SplittableRandom random) throws IOException, InterruptedException {
    Answer answer =
        switch (random.nextInt(12)) {
          case 0 -> http.get(PREDICT);
          case 1 -> http.post("/v1/models/other:predict", light);
          case 2 -> http.post("/v1/nothing", light);
          default -> http.post(PREDICT, malformed.get(random.nextInt(malformed.size())));
        };
    expect("malformed", answer, Set.of(400, 404, 405));
  }

  /** Small files of huge images. */
  void huge() throws IOException, InterruptedException {
    expect("huge images", http.post(PREDICT, huge), LIMITS);
  }

  /** What monitoring and people look at. */
  void look() throws IOException, InterruptedException {
    for (String path : List.of("/v1/models/m", "/v1/models/m/metadata", "/")) {
      Answer answer = http.get(path);
      if (answer.status() == 200) {
        figures.add("status and page", "200");
      } else {
        figures.fail("status and page", Integer.toString(answer.status()), answer.body());
      }
    }
  }

  private void expect(String kind, Answer answer, Set<Integer> statuses) {
    if (statuses.contains(answer.status()) && !answer.error().isEmpty()) {
      figures.add(kind, Integer.toString(answer.status()));
    } else {
      figures.fail(kind, Integer.toString(answer.status()), answer.body());
    }
  }

  /** A body that trickles until the server ends it. */
  void slow() throws IOException, InterruptedException {
    try (Socket socket = connect()) {
      send(socket, HEAD);
      try {
        for (int i = 0; i < 300; i++) {
          send(socket, " ");
          Thread.sleep(200);
        }
        figures.fail("slow writers", "not ended", "the server waited for a minute");
      } catch (SocketException ended) {
        figures.add("slow writers", "ended by the server");
      }
    }
  }

  /** Connections that are cut in the middle of a request, or before its answer is read. */
  void cancelled(SplittableRandom random) throws IOException, InterruptedException {
    byte[] body = (random.nextBoolean() ? light : heavy).getBytes(StandardCharsets.UTF_8);
    int length = random.nextBoolean() ? body.length : random.nextInt(body.length);
    try (Socket socket = connect()) {
      send(socket, HEAD.replace("500", Integer.toString(body.length)));
      socket.getOutputStream().write(body, 0, length);
      Thread.sleep(random.nextInt(20));
      socket.setSoLinger(true, 0);
    }
    figures.add("cancelled", "sent");
  }

  /** Connections that say nothing. */
  void silent() throws IOException {
    try (Socket socket = connect();
        InputStream in = socket.getInputStream()) {
      if (in.read() < 0) {
        figures.add("silent", "ended by the server");
      } else {
        figures.fail("silent", "an answer", "");
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(120_000);
    socket.connect(new InetSocketAddress("localhost", uri.getPort()));
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }
}
