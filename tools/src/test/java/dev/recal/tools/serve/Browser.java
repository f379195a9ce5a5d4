package dev.recal.tools.serve;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium, controlled through its DevTools protocol. */
final class Browser implements AutoCloseable {

  private static final String LISTENING = "DevTools listening on ";

  private final Process process;
  private final WebSocket socket;
  private final Listener listener = new Listener();
  private final AtomicInteger next = new AtomicInteger();
  private String session;

  /** Returns the browser of this machine, if it has one: RECAL_CHROMIUM, or one on the path. */
  static Optional<Path> find() {
    String named = System.getenv("RECAL_CHROMIUM");
    Stream<Path> onPath =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .flatMap(
                directory ->
                    Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
                        .map(name -> Path.of(directory, name)));
    return Stream.concat(Stream.ofNullable(named).map(Path::of), onPath)
        .filter(Files::isExecutable)
        .findFirst();
  }

  Browser(Path program, Path profile) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    // Its temporary files go with the profile.
    builder.environment().put("TMPDIR", Files.createDirectories(profile).toString());
    process = builder.start();
    BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
    String line = errors.readLine();
    while (line != null && !line.startsWith(LISTENING)) {
      line = errors.readLine();
    }
    if (line == null) {
      throw new IOException("The browser " + program + " ended before it listened.");
    }
    Thread drain = new Thread(() -> errors.lines().forEach(said -> {}));
    drain.setDaemon(true);
    drain.start();
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(line.substring(LISTENING.length())), listener)
            .join();
    JsonObject target = new JsonObject();
    target.addProperty("url", "about:blank");
    JsonObject attach = new JsonObject();
    attach.add("targetId", call("Target.createTarget", target).get("targetId"));
    attach.addProperty("flatten", true);
    session = call("Target.attachToTarget", attach).get("sessionId").getAsString();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", new JsonObject());
    }
  }

  /** Gives the window a size in CSS pixels. */
  void resize(int width, int height, boolean mobile) {
    JsonObject size = new JsonObject();
    size.addProperty("width", width);
    size.addProperty("height", height);
    size.addProperty("deviceScaleFactor", 1);
    size.addProperty("mobile", mobile);
    call("Emulation.setDeviceMetricsOverride", size);
  }

  /** Opens a page. */
  void open(URI page) {
    JsonObject target = new JsonObject();
    target.addProperty("url", page.toString());
    call("Page.navigate", target);
  }

  /** Returns the value of a JavaScript expression as text. */
  String evaluate(String expression) {
    JsonObject script = new JsonObject();
    script.addProperty("expression", expression);
    script.addProperty("returnByValue", true);
    script.addProperty("awaitPromise", true);
    JsonObject answer = call("Runtime.evaluate", script);
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(answer.get("exceptionDetails").toString());
    }
    JsonObject result = answer.getAsJsonObject("result");
    return result.has("value") ? result.get("value").getAsString() : "";
  }

  /** Waits until an expression is true. */
  void await(String expression) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!evaluate("Boolean(" + expression + ")").equals("true")) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            expression
                + " did not come true; the page says: "
                + evaluate("document.body.innerText"));
      }
      Thread.sleep(50);
    }
  }

  /** Returns the full page as a PNG file. */
  byte[] screenshot() {
    JsonObject how = new JsonObject();
    how.addProperty("format", "png");
    how.addProperty("captureBeyondViewport", true);
    return Base64.getDecoder()
        .decode(call("Page.captureScreenshot", how).get("data").getAsString());
  }

  /** Returns the page's problems: console errors, exceptions, missing files. */
  List<String> complaints() {
    return List.copyOf(listener.complaints);
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private JsonObject call(String method, JsonObject parameters) {
    int id = next.incrementAndGet();
    JsonObject message = new JsonObject();
    message.addProperty("id", id);
    message.addProperty("method", method);
    message.add("params", parameters);
    if (session != null) {
      message.addProperty("sessionId", session);
    }
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    listener.answers.put(id, answer);
    socket.sendText(message.toString(), true).join();
    JsonObject said = answer.orTimeout(60, TimeUnit.SECONDS).join();
    if (said.has("error")) {
      throw new IllegalStateException(method + ": " + said.get("error"));
    }
    return said.getAsJsonObject("result");
  }

  private static final class Listener implements WebSocket.Listener {
    final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
    final List<String> complaints = new CopyOnWriteArrayList<>();
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonObject message = JsonParser.parseString(text.toString()).getAsJsonObject();
        text.setLength(0);
        if (message.has("id")) {
          answers.remove(message.get("id").getAsInt()).complete(message);
        } else {
          note(message);
        }
      }
      socket.request(1);
      return null;
    }

    private void note(JsonObject message) {
      String parameters = message.get("params").toString();
      boolean bad =
          switch (message.get("method").getAsString()) {
            case "Runtime.exceptionThrown" -> true;
            case "Runtime.consoleAPICalled" -> parameters.contains("\"type\":\"error\"");
            case "Log.entryAdded" -> parameters.contains("\"level\":\"error\"");
            case "Network.requestWillBeSent" ->
                !parameters.contains("\"url\":\"http://localhost:")
                    && !parameters.contains("\"url\":\"data:")
                    && !parameters.contains("\"url\":\"blob:")
                    && !parameters.contains("\"url\":\"about:");
            default -> false;
          };
      if (bad) {
        complaints.add(message.toString());
      }
    }
  }
}
