package dev.recal.tools.serve.call;

import dev.recal.savedmodels.InputPixels;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TooManyPixelsException;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.Lease;
import dev.recal.tools.serve.model.ModelCall;
import dev.recal.tools.serve.model.ModelTarget;
import dev.recal.tools.serve.model.ServedModels;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import dev.recal.tools.serve.rest.ResponseSize;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Calls of models, for both protocols: the same limits, deadlines and batches. No thread waits for
 * a model.
 */
public final class ModelCalls implements AutoCloseable {

  private static final int LARGE_REQUEST_THREADS = 2;
  private static final int LARGE_RESPONSE_VALUES = 1 << 16;

  private final ServedModels models;
  private final CallLimits limits;
  private final Executor executor;
  // Reading and writing megabytes keeps a thread busy; small requests find others free.
  private final ExecutorService large =
      Background.executor("large-requests", LARGE_REQUEST_THREADS);

  /**
   * Prepares for calls.
   *
   * @param executor writes small responses
   */
  public ModelCalls(ServedModels models, CallLimits limits, Executor executor) {
    this.models = models;
    this.limits = limits;
    this.executor = executor;
  }

  /** Returns the models. */
  public ServedModels models() {
    return models;
  }

  /** Returns the limits. */
  public CallLimits limits() {
    return limits;
  }

  /** Runs a task that takes long if a request has this size in bytes: in another thread then. */
  public void execute(long bytes, Runnable task) {
    if (bytes > MemoryBudget.SMALL_BODY) {
      large.execute(task);
    } else {
      task.run();
    }
  }

  /**
   * Calls a model.
   *
   * @param deadline in nanoseconds of {@link System#nanoTime}
   * @param end run once, when the memory of the request is no longer used; that may be after the
   *     response, if it timed out
   * @param reader reads the request for the version that answers
   * @return the response, or the reason for its absence; this method does not throw
   */
  public <A> CompletableFuture<A> call(
      ModelTarget target,
      RequestRecord record,
      long deadline,
      Runnable end,
      Function<Lease, PreparedCall<A>> reader) {
    Lease lease;
    try {
      requireTime(deadline);
      lease = models.acquire(target);
    } catch (TimeoutException | RuntimeException | Error e) {
      end.run();
      return CompletableFuture.failedFuture(e);
    }
    Runnable released =
        runOnce(
            () -> {
              lease.close();
              end.run();
            });
    try {
      record.served(target.model(), lease.version());
      PreparedCall<A> prepared = reader.apply(lease);
      InputPixels pixels = check(lease, prepared, record);
      ModelCall call =
          new ModelCall(
              prepared.signature(), prepared.inputs(), pixels, record.client(), deadline, released);
      return lease
          .call(call)
          .orTimeout(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
          .thenComposeAsync(outputs -> written(prepared, outputs), executor);
    } catch (RuntimeException | Error e) {
      released.run();
      return CompletableFuture.failedFuture(e);
    }
  }

  private InputPixels check(Lease lease, PreparedCall<?> prepared, RequestRecord record) {
    SignatureDescription signature = prepared.signature();
    Map<String, TensorValue> inputs = prepared.inputs();
    record.called(signature.key(), 0);
    InputPixels pixels;
    try {
      pixels = lease.check(signature, inputs);
    } catch (TooManyPixelsException e) {
      throw new ServingException(
          ServingStatus.TOO_LARGE,
          "pixels",
          "The images are too large: " + e.detail() + " Set the limit with --max-pixels.");
    }
    record.called(signature.key(), pixels.rows());
    ResponseSize.check(signature, inputs, limits.response());
    return pixels;
  }

  private <A> CompletableFuture<A> written(
      PreparedCall<A> prepared, Map<String, TensorValue> outputs) {
    ResponseSize.checkOutputs(prepared.signature(), outputs, limits.response());
    long elements = outputs.values().stream().mapToLong(TensorValue::length).sum();
    return elements > LARGE_RESPONSE_VALUES
        ? CompletableFuture.supplyAsync(() -> prepared.writer().apply(outputs), large)
        : CompletableFuture.completedFuture(prepared.writer().apply(outputs));
  }

  private static void requireTime(long deadline) throws TimeoutException {
    if (System.nanoTime() - deadline > 0) {
      throw new TimeoutException();
    }
  }

  /** Returns a task that has an effect only the first time. */
  public static Runnable runOnce(Runnable task) {
    AtomicBoolean ran = new AtomicBoolean();
    return () -> {
      if (!ran.getAndSet(true)) {
        task.run();
      }
    };
  }

  @Override
  public void close() {
    large.shutdown();
  }
}
