package dev.recal.tools.serve;

import dev.recal.tools.serve.call.MemoryBudget;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Collects a request's body as it arrives; no thread waits for a slow client. The buffer grows with
 * the received data, regardless of the announced length.
 */
final class BodyReader implements Runnable {

  private static final int FIRST = 16 << 10;
  // The excess that is read and dropped, so that the client receives the error.
  private static final int DRAINED = 4;

  private final Request request;
  private final int limit;
  private final MemoryBudget budget;
  private final BiConsumer<byte[], Throwable> done;
  private byte[] bytes = new byte[0];
  private long taken;
  private long seen;
  private ServingException refusal;

  /**
   * Prepares to read.
   *
   * @param limit in bytes
   * @param budget the budget for the bytes; see {@link #taken}
   * @param done receives the body, or the reason for its absence
   */
  BodyReader(Request request, int limit, MemoryBudget budget, BiConsumer<byte[], Throwable> done) {
    this.request = request;
    this.limit = limit;
    this.budget = budget;
    this.done = done;
  }

  /** Returns the bytes taken from the budget, which the user of the body must release. */
  long taken() {
    return taken;
  }

  /** Reads the available bytes, and continues when more arrive. */
  @Override
  public void run() {
    try {
      read();
    } catch (Throwable failure) {
      // No caller could report this to the client.
      done.accept(null, failure);
    }
  }

  private void read() {
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        done.accept(null, chunk.getFailure());
        return;
      }
      boolean last = chunk.isLast();
      try {
        accept(chunk.getByteBuffer());
      } finally {
        chunk.release();
      }
      if (last || seen > (long) DRAINED * limit) {
        finish();
        return;
      }
    }
  }

  private void accept(ByteBuffer part) {
    int length = part.remaining();
    long before = seen;
    seen += length;
    if (refusal == null && seen > limit) {
      refuse(
          ServingStatus.TOO_LARGE,
          "body_size",
          "The request body is larger than " + limit + " bytes; set the limit with --max-body.");
    }
    if (refusal == null && seen > bytes.length) {
      grow((int) seen);
    }
    if (refusal == null) {
      part.get(bytes, (int) before, length);
    }
  }

  private void grow(int needed) {
    int larger = (int) Math.min(limit, Math.max(needed, Math.max(FIRST, 2L * bytes.length)));
    long announced = request.getLength();
    if (announced >= needed && announced < larger) {
      larger = (int) announced;
    }
    int more = larger - bytes.length;
    if (!budget.tryAcquire(more, larger)) {
      refuse(
          ServingStatus.UNAVAILABLE, "memory", "Too many large requests are being read at once.");
      return;
    }
    taken += more;
    bytes = Arrays.copyOf(bytes, larger);
  }

  private void refuse(ServingStatus status, String reason, String message) {
    refusal = new ServingException(status, reason, message);
    bytes = new byte[0];
    budget.release(taken);
    taken = 0;
  }

  private void finish() {
    if (refusal != null) {
      done.accept(null, refusal);
    } else {
      done.accept(bytes.length == seen ? bytes : Arrays.copyOf(bytes, (int) seen), null);
    }
  }
}
