package dev.recal.tools.serve.grpc;

import dev.recal.tools.serve.call.MemoryBudget;
import dev.recal.tools.serve.call.ModelCalls;
import dev.recal.tools.serve.call.RequestObserver;
import dev.recal.tools.serve.call.TokenCheck;
import dev.recal.tools.serve.model.Background;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.KeyManager;

/**
 * TensorFlow Serving's gRPC services, with health checks and reflection. Limits, batches and
 * metrics are those of REST.
 */
public final class GrpcServer implements AutoCloseable {

  // What clients send that is not gRPC is answered; they can send it as often as they like.
  private static final Logger LIBRARY = Logger.getLogger("io.grpc");

  static {
    LIBRARY.setLevel(Level.OFF);
  }

  private static final int HEADER_BYTES = 8 << 10;
  private static final int CALLS_PER_CONNECTION = 256;
  private static final long HEALTH_MILLIS = 500;
  private static final long IDLE_MINUTES = 5;
  private static final int THREADS = 4;

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();
  private final ScheduledExecutorService clock = Background.scheduler("grpc-clock");
  private final ExecutorService executor = Background.executor("grpc", THREADS);
  private final Supplier<Optional<String>> notReady;
  private final Duration timeout;

  /**
   * What a server needs.
   *
   * @param calls the models and their limits
   * @param budget for the bodies of requests
   * @param token the token check
   * @param observer receives the requests
   * @param notReady why the server is not ready; empty if it is
   */
  public record Setup(
      ModelCalls calls,
      MemoryBudget budget,
      TokenCheck token,
      RequestObserver observer,
      Supplier<Optional<String>> notReady) {}

  private GrpcServer(Setup setup, InetSocketAddress address, ServerCredentials credentials)
      throws IOException {
    notReady = setup.notReady();
    timeout = setup.calls().limits().timeout();
    GrpcCalls calls = new GrpcCalls(setup.calls(), setup.budget());
    server =
        NettyServerBuilder.forAddress(address, credentials)
            .executor(executor)
            .maxInboundMessageSize(setup.calls().limits().body())
            .maxInboundMetadataSize(HEADER_BYTES)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
            .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
            .handshakeTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .intercept(new CallGate(setup.token(), timeout, setup.observer(), clock))
            .addService(new PredictionGrpc(calls, setup.calls().models()).service())
            .addService(new ModelStatusGrpc(calls, setup.calls().models()).service())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(olderReflection())
            .build();
    updateHealth();
    try {
      server.start();
    } catch (IOException | RuntimeException | Error e) {
      clock.shutdownNow();
      executor.shutdown();
      throw e;
    }
    clock.scheduleWithFixedDelay(
        Background.guarded("The health of gRPC", this::updateHealth),
        HEALTH_MILLIS,
        HEALTH_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /**
   * Starts a server.
   *
   * @param keys the server's key and certificate; empty speaks without encryption
   * @throws IOException if the address is not available
   */
  public static GrpcServer start(
      Setup setup, InetSocketAddress address, Optional<KeyManager[]> keys) throws IOException {
    ServerCredentials credentials =
        keys.isPresent()
            ? TlsServerCredentials.newBuilder().keyManager(keys.get()).build()
            : InsecureServerCredentials.create();
    return new GrpcServer(setup, address, credentials);
  }

  // Python and older programs ask for this one.
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  /** Returns the port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Answers health checks as the server is now; otherwise a second passes until it knows. */
  public void updateHealth() {
    ServingStatus status =
        notReady.get().isEmpty() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(PredictionGrpc.NAME, status);
    health.setStatus(ModelStatusGrpc.NAME, status);
  }

  /** Stops accepting calls, and waits for running ones. */
  @Override
  public void close() {
    health.enterTerminalState();
    server.shutdown();
    try {
      if (!server.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    clock.shutdownNow();
    executor.shutdown();
  }
}
