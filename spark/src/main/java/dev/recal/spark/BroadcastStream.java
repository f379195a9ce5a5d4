package dev.recal.spark;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Broadcasts what is written, in parts.
 *
 * <p>Not with {@code SparkContext.addFile}: the queries of a session of Spark 4 see the files of
 * their session only.
 */
final class BroadcastStream extends OutputStream {

  private static final int PART = 16 << 20;

  private final JavaSparkContext context;
  private final List<Broadcast<byte[]>> parts = new ArrayList<>();
  private final ByteArrayOutputStream part = new ByteArrayOutputStream(PART);

  BroadcastStream(SparkContext context) {
    this.context = JavaSparkContext.fromSparkContext(context);
  }

  @Override
  public void write(int one) {
    part.write(one);
    sendFullPart();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int written = 0;
    while (written < length) {
      int next = Math.min(length - written, PART - part.size());
      part.write(bytes, offset + written, next);
      written += next;
      sendFullPart();
    }
  }

  /** Sends the last part. */
  @Override
  public void close() {
    if (part.size() > 0) {
      send();
    }
  }

  /** Returns all parts, after closing. */
  List<Broadcast<byte[]>> parts() {
    return List.copyOf(parts);
  }

  private void sendFullPart() {
    if (part.size() == PART) {
      send();
    }
  }

  private void send() {
    parts.add(context.broadcast(part.toByteArray()));
    part.reset();
  }
}
