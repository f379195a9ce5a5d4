package dev.recal.tools.serve.grpc;

import dev.recal.tools.serve.call.RequestObserver;
import dev.recal.tools.serve.call.RequestRecord;
import dev.recal.tools.serve.call.RequestRecord.Protocol;
import dev.recal.tools.serve.call.TokenCheck;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What every call passes: the token, the timeout for its request to arrive, and the record of its
 * outcome. Health checks need no token: those of Kubernetes cannot send one.
 */
final class CallGate implements ServerInterceptor {

  /** The record of the current call. */
  static final Context.Key<RequestRecord> RECORD = Context.key("request-record");

  private static final String HEALTH = "grpc.health.v1.Health";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final TokenCheck token;
  private final Duration timeout;
  private final RequestObserver observer;
  private final ScheduledExecutorService clock;

  CallGate(
      TokenCheck token,
      Duration timeout,
      RequestObserver observer,
      ScheduledExecutorService clock) {
    this.token = token;
    this.timeout = timeout;
    this.observer = observer;
    this.clock = clock;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String path = "/" + call.getMethodDescriptor().getFullMethodName();
    RequestRecord record = new RequestRecord(Protocol.GRPC, client(call), "POST", path, observer);
    Recorded<Q, A> recorded = new Recorded<>(call, record);
    if (!HEALTH.equals(call.getMethodDescriptor().getServiceName())) {
      try {
        token.require(headers.get(AUTHORIZATION));
      } catch (ServingException e) {
        record.outcome(e.status(), e.reason());
        recorded.close(Status.UNAUTHENTICATED.withDescription(e.getMessage()), new Metadata());
        return new ServerCall.Listener<>() {};
      }
    }
    // The handler of a unary call only begins when the whole request has arrived.
    boolean unary = call.getMethodDescriptor().getType().clientSendsOneMessage();
    ScheduledFuture<?> late =
        unary ? clock.schedule(recorded::expire, timeout.toNanos(), TimeUnit.NANOSECONDS) : null;
    Context context = Context.current().withValue(RECORD, record);
    ServerCall.Listener<Q> listener = Contexts.interceptCall(context, recorded, headers, next);
    return new SimpleForwardingServerCallListener<>(listener) {
      private volatile boolean whole;

      @Override
      public void onHalfClose() {
        whole = true;
        if (late != null) {
          late.cancel(false);
        }
        if (!recorded.isClosed()) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        if (late != null) {
          late.cancel(false);
        }
        // A message that is too large ends the stream before the call could be closed.
        record.outcome(Status.Code.CANCELLED.name(), whole ? "cancelled" : "aborted");
        record.finish();
        super.onCancel();
      }
    };
  }

  private static String client(ServerCall<?, ?> call) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return address instanceof InetSocketAddress internet && internet.getAddress() != null
        ? internet.getAddress().getHostAddress()
        : String.valueOf(address);
  }

  /** A call whose end is recorded, and that ends once. */
  private static final class Recorded<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final RequestRecord record;
    private final AtomicBoolean closed = new AtomicBoolean();

    Recorded(ServerCall<Q, A> call, RequestRecord record) {
      super(call);
      this.record = record;
    }

    boolean isClosed() {
      return closed.get();
    }

    void expire() {
      record.outcome(ServingStatus.REQUEST_TIMEOUT, "request_timeout");
      close(
          Status.DEADLINE_EXCEEDED.withDescription("The request took too long to arrive."),
          new Metadata());
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (closed.getAndSet(true)) {
        return;
      }
      if (!status.isOk() && record.reason().isEmpty()) {
        record.outcome(status.getCode().name(), reason(status));
      }
      record.finish();
      super.close(status, trailers);
    }

    // The library's own refusals: of a method, or of a message that is too large or damaged.
    private static String reason(Status status) {
      return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
          ? "body_size"
          : status.getCode().name().toLowerCase(Locale.ROOT);
    }
  }
}
