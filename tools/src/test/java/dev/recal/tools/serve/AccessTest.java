package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.tools.CommandResult;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts, origins, tokens and TLS. */
@Timeout(120)
class AccessTest {

  private static final String VALID_BODY = "{\"instances\": [[1, 2]]}";
  private static final String ANSWER = "{\"predictions\":[[2.0,4.0]]}";

  @TempDir private static Path directory;
  private static Path model;
  private static ModelServer server;

  @BeforeAll
  static void start() throws IOException {
    model = directory.resolve("m");
    ScaleModel.write(model.resolve("1"), 2f);
    server = ModelServer.start(model, ServeSettings.defaults());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ModelServer start(AccessSettings access) throws IOException {
    return ModelServer.start(model, ServeSettings.defaults().withAccess(access));
  }

  private static String post(ModelServer to, String... headers) throws IOException {
    return raw(to, "POST /v1/models/m:predict", VALID_BODY, headers);
  }

  private static String raw(ModelServer to, String request, String body, String... headers)
      throws IOException {
    try (Socket socket = new Socket("localhost", to.uri().getPort())) {
      String text = request + " HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", headers);
      text += "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example.com",
        "evil.example.com:8501",
        "localhost.evil.example.com",
        "127.0.0.1.evil.example.com",
        "2130706433",
        "10.0.0.1",
        "[::2]"
      })
  void rejectsOtherHosts(String host) throws IOException {
    assertThat(post(server, "Host: " + host))
        .startsWith("HTTP/1.1 403")
        .contains("{\"error\":\"This server is not addressed as")
        .contains("--allow-host")
        .doesNotContain("predictions");
    assertThat(raw(server, "GET /", "", "Host: " + host)).startsWith("HTTP/1.1 403");
    assertThat(raw(server, "GET /recal/model", "", "Host: " + host)).startsWith("HTTP/1.1 403");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:99",
        "localhost.",
        "127.0.0.1:8501",
        "[::1]:8501",
        "app.localhost"
      })
  void servesItsHosts(String host) throws IOException {
    assertThat(post(server, "Host: " + host)).startsWith("HTTP/1.1 200").contains(ANSWER);
  }

  @Test
  void absoluteRequestTargetCountsAsHost() throws IOException {
    String target = "POST http://evil.example.com/v1/models/m:predict";
    assertThat(raw(server, target, VALID_BODY, "Host: localhost"))
        .startsWith("HTTP/1.1 4")
        .doesNotContain("predictions");
    assertThat(post(server, "Host: localhost", "Host: evil.example.com"))
        .startsWith("HTTP/1.1 4")
        .doesNotContain("predictions");
    assertThat(post(server, "Host: evil'<b>\".example.com")).doesNotContain("<b>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example.com",
        "Origin: null",
        "Origin: http://localhost:3000",
        "Origin: https://localhost",
        "Origin: http://localhost.evil.example.com",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void rejectsPagesOfOtherOrigins(String header) throws IOException {
    assertThat(post(server, "Host: localhost", header))
        .startsWith("HTTP/1.1 403")
        .contains("--allow-origin")
        .doesNotContain("predictions", "Access-Control-Allow-Origin");
    assertThat(
            raw(
                server,
                "OPTIONS /v1/models/m:predict",
                "",
                "Host: localhost",
                header,
                "Access-Control-Request-Method: POST"))
        .startsWith("HTTP/1.1 403");
  }

  @Test
  void servesThePageAndLinksToIt() throws IOException {
    String host = "localhost:" + server.uri().getPort();
    assertThat(
            post(server, "Host: " + host, "Origin: http://" + host, "Sec-Fetch-Site: same-origin"))
        .startsWith("HTTP/1.1 200")
        .contains(ANSWER);
    assertThat(
            raw(
                server,
                "GET /",
                "",
                "Host: " + host,
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Mode: navigate"))
        .startsWith("HTTP/1.1 200")
        .contains("Cross-Origin-Resource-Policy: same-origin");
  }

  @Test
  void allowedOriginsAreServedWithCors() throws IOException {
    AccessSettings access =
        AccessSettings.defaults()
            .withOrigins("https://App.example.com")
            .withHosts("models.example.com");
    try (ModelServer open = start(access)) {
      String origin = "Origin: https://app.example.com";
      assertThat(post(open, "Host: models.example.com", origin))
          .startsWith("HTTP/1.1 200")
          .contains("Access-Control-Allow-Origin: https://app.example.com", "Vary: Origin", ANSWER);
      assertThat(
              raw(
                  open,
                  "OPTIONS /v1/models/m:predict",
                  "",
                  "Host: localhost",
                  origin,
                  "Access-Control-Request-Method: POST"))
          .startsWith("HTTP/1.1 200")
          .contains("Access-Control-Allow-Methods: GET, POST")
          .contains("Access-Control-Allow-Headers: Authorization, Content-Encoding, Content-Type");
      assertThat(post(open, "Host: localhost", "Origin: https://evil.example.com"))
          .startsWith("HTTP/1.1 403");
      assertThat(post(open, "Host: evil.example.com")).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void tokenIsRequiredExceptForThePage() throws IOException {
    try (ModelServer closed = start(AccessSettings.defaults().withToken("s3cret"))) {
      assertThat(post(closed, "Host: localhost"))
          .startsWith("HTTP/1.1 401")
          .contains("WWW-Authenticate: Bearer")
          .doesNotContain("predictions", "s3cret");
      assertThat(post(closed, "Host: localhost", "Authorization: Bearer s3cre"))
          .startsWith("HTTP/1.1 401");
      assertThat(raw(closed, "GET /recal/model", "", "Host: localhost")).startsWith("HTTP/1.1 401");
      assertThat(raw(closed, "GET /v1/models/m", "", "Host: localhost")).startsWith("HTTP/1.1 401");
      assertThat(raw(closed, "GET /", "", "Host: localhost")).startsWith("HTTP/1.1 200");
      assertThat(post(closed, "Host: localhost", "Authorization: bearer s3cret")).contains(ANSWER);
    }
    assertThatThrownBy(() -> AccessSettings.defaults().withToken("two words"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("two words");
  }

  @Test
  void httpsIsSpokenWithAKeyStore() throws Exception {
    Path store = keyStore(directory.resolve("key.p12"));
    ServeSettings settings =
        ServeSettings.defaults()
            .withTls(new TlsSettings(store, "changeit"))
            .withOperation(OperationSettings.defaults().withGrpcPort(0));
    try (ModelServer secure = ModelServer.start(model, settings)) {
      URI uri = secure.uri();
      assertThat(uri.getScheme()).isEqualTo("https");
      HttpClient client = HttpClient.newBuilder().sslContext(trusting(store)).build();
      for (String origin : List.of("https://localhost:" + uri.getPort(), "https://evil.example")) {
        HttpRequest request =
            HttpRequest.newBuilder(uri.resolve("/v1/models/m:predict"))
                .header("Origin", origin)
                .POST(BodyPublishers.ofString(VALID_BODY))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(origin.endsWith("example") ? 403 : 200);
      }
      assertThat(raw(secure, "GET /", "", "Host: localhost")).doesNotContain("<html");
      String rpc = "localhost:" + secure.grpcPort().getAsInt();
      ChannelCredentials trusted =
          TlsChannelCredentials.newBuilder().trustManager(trust(store)).build();
      assertThat(health(rpc, trusted)).isEqualTo("SERVING");
      assertThatThrownBy(() -> health(rpc, InsecureChannelCredentials.create()))
          .isInstanceOf(StatusRuntimeException.class);
    }
    assertThatThrownBy(
            () ->
                ModelServer.start(
                    model, ServeSettings.defaults().withTls(new TlsSettings(store, "wrong"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be used: expected a PKCS #12 file");
  }

  private static Path keyStore(Path file) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    return file;
  }

  private static String health(String address, ChannelCredentials credentials) {
    ManagedChannel channel = Grpc.newChannelBuilder(address, credentials).build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus()
          .name();
    } finally {
      channel.shutdownNow();
    }
  }

  private static SSLContext trusting(Path store) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust(store), null);
    return context;
  }

  private static TrustManager[] trust(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry("server", keys.getCertificate("server"));
    trust.init(certificates);
    return trust.getTrustManagers();
  }

  @Test
  void warnsOfAddressOpenToTheNetwork() throws IOException {
    assertThat(ServeSettings.defaults().isOpen()).isFalse();
    for (String open : List.of("0.0.0.0", "::", "0")) {
      assertThat(ServeSettings.defaults().withHost(open).isOpen()).as(open).isTrue();
    }
    // There is no model, so the command ends after its warnings.
    CommandResult ran = CommandResult.of("serve", directory.resolve("none"), "--host", "0.0.0.0");
    assertThat(ran.err())
        .contains("Warning: with --host 0.0.0.0", "without authentication", "not encrypted");
    Path token = Files.writeString(directory.resolve("token"), "abc\n");
    ran =
        CommandResult.of(
            "serve", directory.resolve("none"), "--host", "0.0.0.0", "--token-file", token);
    assertThat(ran.err()).contains("can reach this server").doesNotContain("authentication");
    ran =
        CommandResult.of(
            "serve", directory.resolve("none"), "--allow-origin", "*", "--allow-host", "*");
    assertThat(ran.err()).contains("every web page", "DNS rebinding");
    assertThat(CommandResult.of("serve", model, "--allow-origin", "evil").err())
        .contains("--allow-origin");
    assertThat(CommandResult.of("serve", model, "--allow-host", "a:1").err())
        .contains("--allow-host");
    assertThat(CommandResult.of("serve", model, "--tls-keystore", "a").exit()).isEqualTo(2);
    assertThat(CommandResult.of("serve", model, "--max-pixels", "0").exit()).isEqualTo(2);
  }

  @Test
  void networkServerIsReachableByAddressAndName() throws IOException {
    ServeSettings settings = ServeSettings.defaults().withHost("0.0.0.0");
    try (ModelServer open = ModelServer.start(model, settings)) {
      assertThat(post(open, "Host: 192.168.1.5:8501")).startsWith("HTTP/1.1 200");
      assertThat(post(open, "Host: evil.example.com")).startsWith("HTTP/1.1 403");
      assertThat(post(open, "Host: 192.168.1.5", "Origin: https://evil.example.com"))
          .startsWith("HTTP/1.1 403");
    }
  }
}
