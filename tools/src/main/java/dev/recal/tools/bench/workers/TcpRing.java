package dev.recal.tools.bench.workers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * An all-reduce over a ring of plain TCP connections on the loopback interface: what the bytes and
 * their additions cost without TensorFlow. Each of n workers sends n − 1 chunks to be added, then n
 * − 1 sums, each 1 / n of the vector.
 */
final class TcpRing implements AutoCloseable {

  private static final int PIECE = 1 << 16;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final int size;
  private final int index;
  private final SocketChannel next;
  private final SocketChannel previous;
  private final ExecutorService sender = Executors.newSingleThreadExecutor(TcpRing::daemon);
  private final ByteBuffer values;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.nativeOrder());
  private final float[] own = new float[PIECE / Float.BYTES];
  private final float[] other = new float[PIECE / Float.BYTES];
  private final int chunk;

  private TcpRing(int size, int index, SocketChannel next, SocketChannel previous, int floats) {
    this.size = size;
    this.index = index;
    this.next = next;
    this.previous = previous;
    this.chunk = Float.BYTES * ((floats + size - 1) / size);
    this.values = ByteBuffer.allocateDirect(size * chunk).order(ByteOrder.nativeOrder());
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "tcp-ring-sender");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Connects to both neighbours.
   *
   * @param ports of all workers, free on the loopback interface
   * @param index of this worker
   * @param floats the length of the vector
   * @throws IOException if a neighbour cannot be reached
   */
  static TcpRing connect(List<Integer> ports, int index, int floats) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(loopback, ports.get(index)));
      SocketChannel next =
          patiently(new InetSocketAddress(loopback, ports.get((index + 1) % ports.size())));
      try {
        next.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new TcpRing(ports.size(), index, next, server.accept(), floats);
      } catch (IOException | RuntimeException failure) {
        next.close();
        throw failure;
      }
    }
  }

  private static SocketChannel patiently(InetSocketAddress address) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return SocketChannel.open(address);
      } catch (IOException notYet) {
        if (System.nanoTime() > end) {
          throw notYet;
        }
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while connecting.", stop);
      }
    }
  }

  /** Replaces the vector by the sum of all workers' vectors. */
  void sum() {
    try {
      for (int hop = 0; hop < size - 1; hop++) {
        hop(index - hop, true);
      }
      for (int hop = 0; hop < size - 1; hop++) {
        hop(index + 1 - hop, false);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure.getCause());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stop);
    }
  }

  /** Returns the vector. */
  FloatBuffer values() {
    return values.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  // Sends one chunk while it receives the one before it.
  private void hop(int sent, boolean added)
      throws IOException, ExecutionException, InterruptedException {
    ByteBuffer out = slice(sent);
    Future<Void> sending =
        sender.submit(
            () -> {
              while (out.hasRemaining()) {
                next.write(out);
              }
              return null;
            });
    ByteBuffer in = slice(sent - 1);
    if (added) {
      receiveAndAdd(in);
    } else {
      fill(in);
    }
    sending.get();
  }

  private ByteBuffer slice(int number) {
    return values.slice(Math.floorMod(number, size) * chunk, chunk).order(ByteOrder.nativeOrder());
  }

  private void receiveAndAdd(ByteBuffer sums) throws IOException {
    while (sums.hasRemaining()) {
      piece.clear().limit(Math.min(PIECE, sums.remaining()));
      fill(piece);
      int floats = piece.flip().remaining() / Float.BYTES;
      piece.asFloatBuffer().get(other, 0, floats);
      FloatBuffer target = sums.asFloatBuffer();
      target.get(0, own, 0, floats);
      for (int i = 0; i < floats; i++) {
        own[i] += other[i];
      }
      target.put(0, own, 0, floats);
      sums.position(sums.position() + floats * Float.BYTES);
    }
  }

  private void fill(ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (previous.read(target) < 0) {
        throw new IOException("The previous worker closed its connection.");
      }
    }
  }

  @Override
  public void close() throws IOException {
    sender.shutdownNow();
    try (next) {
      previous.close();
    }
  }
}
