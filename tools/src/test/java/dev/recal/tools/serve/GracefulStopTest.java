package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.tools.CommandResult;
import dev.recal.tools.bench.ServeProcess;
import dev.recal.tools.serve.Http.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code serve}: invalid arguments, and shutdown. */
@Timeout(120)
class GracefulStopTest {

  @TempDir private Path directory;

  @Test
  void runningRequestsCompleteAfterTheSignal() throws Exception {
    ScaleModel.write(directory.resolve("m/1"), 2f);
    // The first request of a batch waits that long for others, and the signal arrives meanwhile.
    List<String> arguments =
        List.of(directory.resolve("m").toString(), "--batch-delay", "2000", "--name", "other");
    try (ServeProcess server = ServeProcess.start("dev.recal.tools.Main", arguments)) {
      Http http = new Http(server.uri());
      assertThat(http.get("/v1/models/other").status()).isEqualTo(200);
      CompletableFuture<Answer> running =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return http.post("/v1/models/other:predict", "{\"instances\": [[1, 2]]}");
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Thread.sleep(700);
      server.process().destroy();
      assertThat(running.get().body()).isEqualTo("{\"predictions\":[[2.0,4.0]]}");
      assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      // The exit code of a process ended by SIGTERM: 128 + 15.
      assertThat(server.process().exitValue()).isEqualTo(143);
      assertThat(CompletableFuture.supplyAsync(() -> refused(server)).get(30, TimeUnit.SECONDS))
          .isTrue();
    }
  }

  private static boolean refused(ServeProcess server) {
    try {
      new Http(server.uri()).get("/v1/models/other");
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  @Test
  void invalidArgumentsAreNamed() throws IOException {
    assertThat(CommandResult.of("serve", directory).err()).contains("is not a SavedModel");
    assertThat(CommandResult.of("serve", directory.resolve("none")).err())
        .contains("No such file or directory");
    assertThat(CommandResult.of("serve", directory, "--port", "70000").exit()).isEqualTo(2);
    assertThat(CommandResult.of("serve", directory, "--name", "a/b").err()).contains("--name");
    assertThat(CommandResult.of("serve", directory, "--max-body", "0").err())
        .contains("--max-body");
    assertThat(CommandResult.of("serve", directory, "--timeout", "0").err()).contains("--timeout");
    assertThat(CommandResult.of("serve", directory, "--batch", "0").err()).contains("--batch");
    assertThat(CommandResult.of("serve", directory, "--batch-delay", "-1").err())
        .contains("--batch-delay");
    Path model = ScaleModel.write(directory.resolve("m/1"), 2f);
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      CommandResult ran =
          CommandResult.of("serve", model, "--port", taken.getLocalPort(), "--host", "127.0.0.1");
      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.err())
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort(), "--port 0");
    }
    assertThat(CommandResult.of("bench", "serve", model, "--clients", "0").exit()).isEqualTo(2);
    assertThat(CommandResult.of("bench", "serve", model, "--signature", "pair").err())
        .contains("expected inputs of float32");
  }
}
