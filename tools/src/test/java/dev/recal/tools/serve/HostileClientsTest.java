package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.TinyModel;
import dev.recal.tools.serve.Http.Answer;
import dev.recal.tools.serve.model.BatchSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are slow, numerous, silent or invalid, while others are served. */
@Timeout(180)
class HostileClientsTest {

  private static final String VALID_BODY = "{\"instances\": [[1, 2]]}";

  @TempDir private static Path directory;
  private static Path scale;

  @BeforeAll
  static void write() throws IOException {
    scale = directory.resolve("scale");
    ScaleModel.write(scale.resolve("1"), 2f);
  }

  private static ModelServer start(int milliseconds, int connections) throws IOException {
    ServeLimits limits = new ServeLimits(1 << 20, Duration.ofMillis(milliseconds), connections);
    return ModelServer.start(scale, ServeSettings.defaults().withLimits(limits));
  }

  private static Socket connect(ModelServer server) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress("localhost", server.uri().getPort()));
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String rest(Socket socket) throws IOException {
    try (InputStream in = socket.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void slowBodyIsClosedWhileOthersAreServed() throws Exception {
    try (ModelServer server = start(800, 100);
        Socket slow = connect(server)) {
      send(
          slow,
          "POST /v1/models/scale:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{");
      long began = System.nanoTime();
      Thread feeder = feed(slow, " ");
      assertThat(new Http(server.uri()).post("/v1/models/scale:predict", VALID_BODY).status())
          .isEqualTo(200);
      String answer = rest(slow);
      feeder.join();
      assertThat(answer)
          .startsWith("HTTP/1.1 408")
          .contains("{\"error\":\"The request took too long to arrive.\"}");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    }
  }

  @Test
  void slowHeadersAreClosed() throws Exception {
    try (ModelServer server = start(800, 100);
        Socket slow = connect(server)) {
      send(slow, "GET /v1/models/scale HTTP/1.1\r\nX-Long: ");
      Thread feeder = feed(slow, "a");
      assertThat(rest(slow)).isEmpty();
      feeder.join();
      assertThat(new Http(server.uri()).get("/v1/models/scale").status()).isEqualTo(200);
    }
  }

  @Test
  void silentConnectionsAreClosed() throws Exception {
    try (ModelServer server = start(800, 100);
        Socket silent = connect(server);
        Socket half = connect(server)) {
      send(
          half,
          "POST /v1/models/scale:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{");
      assertThat(rest(silent)).isEmpty();
      assertThat(rest(half)).startsWith("HTTP/1.1 408");
    }
  }

  @Test
  void invalidHttpIsRejectedInJson() throws Exception {
    try (ModelServer server = start(20_000, 100)) {
      try (Socket socket = connect(server)) {
        send(socket, "HELLO\r\n\r\n");
        assertThat(rest(socket)).startsWith("HTTP/1.1 400").contains("{\"error\":");
      }
      try (Socket socket = connect(server)) {
        send(
            socket,
            "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(20_000) + "\r\n\r\n");
        assertThat(rest(socket)).startsWith("HTTP/1.1 431").contains("{\"error\":");
      }
    }
  }

  @Test
  void disconnectingClientAffectsNoOthers() throws Exception {
    try (ModelServer server = start(20_000, 100)) {
      long room = server.roomForBodies();
      for (int i = 0; i < 50; i++) {
        try (Socket socket = connect(server)) {
          String body = i % 2 == 0 ? VALID_BODY : VALID_BODY.substring(0, 5);
          send(
              socket,
              "POST /v1/models/scale:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                  + VALID_BODY.length()
                  + "\r\n\r\n"
                  + body);
          socket.setSoLinger(true, 0);
        }
      }
      assertThat(new Http(server.uri()).post("/v1/models/scale:predict", VALID_BODY).body())
          .isEqualTo("{\"predictions\":[[2.0,4.0]]}");
      long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
      while (server.openRequests() > 0 && System.nanoTime() < end) {
        Thread.sleep(10);
      }
      assertThat(server.openRequests()).isZero();
      assertThat(server.roomForBodies()).isEqualTo(room);
    }
  }

  @Test
  void excessConnectionsWait() throws Exception {
    try (ModelServer server = start(20_000, 8)) {
      List<Socket> held = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        held.add(connect(server));
      }
      try (Socket waiting = connect(server)) {
        send(
            waiting,
            "GET /v1/models/scale HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Thread.sleep(200);
        for (Socket socket : held) {
          socket.close();
        }
        assertThat(rest(waiting)).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void aThousandIdleConnectionsDoNotHinderOthers() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try (ModelServer server = start(60_000, 4096)) {
      for (int i = 0; i < 1200; i++) {
        Socket socket = connect(server);
        idle.add(socket);
        if (i % 3 == 0) {
          send(socket, "POST /v1/models/scale:predict HTTP/1.1\r\nHost: localhost\r\nContent-Le");
        } else if (i % 3 == 1) {
          send(
              socket,
              "POST /v1/models/scale:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
        }
      }
      Http http = new Http(server.uri());
      for (int i = 0; i < 20; i++) {
        Answer answer = http.post("/v1/models/scale:predict", VALID_BODY);
        assertThat(answer.status()).isEqualTo(200);
      }
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void concurrentRequestsGetTheirOwnResponses() throws Exception {
    Path tiny = TinyModel.write(directory.resolve("tiny"));
    byte[] png = Files.readAllBytes(TinyModel.image(directory.resolve("image.png")));
    ServeSettings settings =
        ServeSettings.defaults()
            .withName("t")
            .withBatches(new BatchSettings(8, Duration.ofMillis(5), 1000, 1));
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try (ModelServer server = ModelServer.start(tiny, settings);
        Predictor predictor = Predictor.open(tiny)) {
      Http http = new Http(server.uri());
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        int number = i;
        answers.add(
            clients.submit(
                () ->
                    number % 4 == 0
                        ? rejectsBadImage(http, number)
                        : number % 4 == 1
                            ? classifiesImage(http, predictor, png)
                            : classifiesPixels(http, predictor, number)));
      }
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get()).isTrue();
      }
    } finally {
      clients.shutdownNow();
    }
  }

  private static boolean rejectsBadImage(Http http, int number) throws Exception {
    String file = number % 8 == 0 ? "\"no image\"" : "[\"ragged\"]";
    Answer answer =
        http.post(
            "/v1/models/t:predict",
            "{\"signature_name\": \"serving_bytes\", \"instances\": [" + file + "]}");
    return answer.status() == 400 && !answer.error().isEmpty();
  }

  private static boolean classifiesImage(Http http, Predictor predictor, byte[] png)
      throws Exception {
    String body =
        "{\"signature_name\": \"serving_bytes\", \"inputs\": [{\"b64\": \"%s\"}]}"
            .formatted(Base64.getEncoder().encodeToString(png));
    var outputs = http.post("/v1/models/t:predict", body).json().getAsJsonObject("outputs");
    float[] expected =
        predictor
            .call("serving_bytes", Map.of("image_bytes", TensorValue.ofBytes(List.of(png))))
            .get("logits")
            .floats();
    float actual = outputs.getAsJsonArray("logits").get(0).getAsJsonArray().get(1).getAsFloat();
    return Math.abs(actual - expected[1]) <= 1e-5 * Math.max(1, Math.abs(expected[1]));
  }

  private static boolean classifiesPixels(Http http, Predictor predictor, int number)
      throws Exception {
    int rows = 1 + number % 3;
    int size = TinyModel.SIZE;
    float[] values = new float[rows * size * size * 3];
    StringBuilder body = new StringBuilder("{\"instances\": [");
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * (number + 3) % 23) / 23f;
      int pixel = i % 3;
      int column = i / 3 % size;
      int line = i / 3 / size % size;
      body.append(pixel == 0 ? (column == 0 ? (line == 0 ? "[[[" : "[[") : "[") : "");
      body.append(values[i]);
      boolean endOfPixel = pixel == 2;
      boolean endOfLine = endOfPixel && column == size - 1;
      boolean endOfImage = endOfLine && line == size - 1;
      body.append(endOfImage ? "]]]" : endOfLine ? "]]" : endOfPixel ? "]" : "");
      body.append(i + 1 == values.length ? "]}" : ",");
    }
    var predictions =
        http.post("/v1/models/t:predict", body.toString()).json().getAsJsonArray("predictions");
    float[] expected =
        predictor
            .call("serving_default", Map.of("images", TensorValue.of(values, rows, size, size, 3)))
            .get("logits")
            .floats();
    boolean same = predictions.size() == rows;
    for (int row = 0; row < rows; row++) {
      var logits = predictions.get(row).getAsJsonObject().getAsJsonArray("logits");
      for (int i = 0; i < 2; i++) {
        float wanted = expected[2 * row + i];
        same &=
            Math.abs(logits.get(i).getAsFloat() - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted));
      }
    }
    return same;
  }

  @Test
  @Tag("slow")
  void concurrentLargeBodiesStayWithinTheMemoryBudget() throws Exception {
    ServeLimits limits = new ServeLimits(64 << 20, Duration.ofSeconds(60), 1000);
    String large = "{\"instances\": [[1,2]" + ",[1,2]".repeat(8_000_000) + "]}";
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try (ModelServer server =
        ModelServer.start(scale, ServeSettings.defaults().withLimits(limits))) {
      Http http = new Http(server.uri());
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        answers.add(clients.submit(() -> http.post("/v1/models/scale:predict", large)));
      }
      for (Future<Answer> answer : answers) {
        assertThat(answer.get().status()).isIn(200, 413, 503, 504);
      }
      assertThat(http.post("/v1/models/scale:predict", VALID_BODY).status()).isEqualTo(200);
    } finally {
      clients.shutdownNow();
    }
  }

  // Sends single bytes slowly until the server closes the connection.
  private static Thread feed(Socket socket, String piece) {
    Thread feeder =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 400; i++) {
                  send(socket, piece);
                  Thread.sleep(100);
                }
              } catch (IOException | InterruptedException e) {
                // The server has closed the connection.
              }
            });
    feeder.start();
    return feeder;
  }
}
