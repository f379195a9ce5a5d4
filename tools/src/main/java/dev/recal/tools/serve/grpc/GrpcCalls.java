package dev.recal.tools.serve.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import dev.recal.savedmodels.proto.ModelSpec;
import dev.recal.tools.serve.call.MemoryBudget;
import dev.recal.tools.serve.call.ModelCalls;
import dev.recal.tools.serve.call.PreparedCall;
import dev.recal.tools.serve.call.RequestRecord;
import dev.recal.tools.serve.model.Lease;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/** Answers calls of models by the same rules as REST. */
final class GrpcCalls {

  private final ModelCalls calls;
  private final MemoryBudget budget;

  GrpcCalls(ModelCalls calls, MemoryBudget budget) {
    this.calls = calls;
    this.budget = budget;
  }

  /** What a request asks of the models, once or several times. */
  interface Action<A> {
    CompletableFuture<A> run(Call call);
  }

  /**
   * One request.
   *
   * @param calls the models
   * @param record its record
   * @param deadline in {@link System#nanoTime}
   * @param users counts those that still use the memory of the request
   * @param end releases that memory
   */
  record Call(
      ModelCalls calls, RequestRecord record, long deadline, AtomicInteger users, Runnable end) {

    <A> CompletableFuture<A> run(ModelSpec model, Function<Lease, PreparedCall<A>> reader) {
      users.incrementAndGet();
      return calls.call(ModelSpecs.target(model), record, deadline, this::release, reader);
    }

    void release() {
      if (users.decrementAndGet() == 0) {
        end.run();
      }
    }
  }

  /** Returns the maximum size of a request in bytes. */
  long maxBody() {
    return calls.limits().body();
  }

  /** Answers a call of a model. */
  <A extends Message> void answer(
      String api, Message request, StreamObserver<A> observer, Action<A> action) {
    RequestRecord record = CallGate.RECORD.get();
    record.api(api);
    long size = request.getSerializedSize();
    record.received(size);
    if (!budget.tryAcquire(size, size)) {
      observer.onError(
          GrpcFailures.of(
              new ServingException(
                  ServingStatus.UNAVAILABLE,
                  "memory",
                  "Too many large requests are being read at once."),
              record));
      return;
    }
    // The first user is this method, until it has asked for everything.
    Call call =
        new Call(calls, record, deadline(), new AtomicInteger(1), () -> budget.release(size));
    calls.execute(size, () -> run(call, observer, action));
  }

  private static <A extends MessageLite> void run(
      Call call, StreamObserver<A> observer, Action<A> action) {
    try {
      action
          .run(call)
          .whenComplete((response, failure) -> send(observer, call.record(), response, failure));
    } catch (Throwable failure) {
      observer.onError(GrpcFailures.of(failure, call.record()));
    } finally {
      call.release();
    }
  }

  /** Answers a question about models. */
  <A extends MessageLite> void describe(
      Message request, StreamObserver<A> observer, Supplier<A> action) {
    RequestRecord record = CallGate.RECORD.get();
    record.received(request.getSerializedSize());
    A response;
    try {
      response = action.get();
    } catch (RuntimeException | Error failure) {
      observer.onError(GrpcFailures.of(failure, record));
      return;
    }
    send(observer, record, response, null);
  }

  private static <A extends MessageLite> void send(
      StreamObserver<A> observer, RequestRecord record, A response, Throwable failure) {
    try {
      if (failure != null) {
        observer.onError(GrpcFailures.of(failure, record));
      } else {
        record.sent(response.getSerializedSize());
        observer.onNext(response);
        observer.onCompleted();
      }
    } catch (RuntimeException gone) {
      // The client has cancelled the call in the meantime; the gate has recorded it.
      record.finish();
    }
  }

  // The earlier one of the server's and the client's.
  private long deadline() {
    long own = calls.limits().deadline();
    Deadline client = Context.current().getDeadline();
    if (client == null) {
      return own;
    }
    long theirs = System.nanoTime() + client.timeRemaining(TimeUnit.NANOSECONDS);
    return theirs - own < 0 ? theirs : own;
  }
}
