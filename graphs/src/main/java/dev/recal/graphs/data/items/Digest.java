package dev.recal.graphs.data.items;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * SHA-256 over a sequence of values, each with its length, so that different sequences have
 * different digests.
 */
public final class Digest {
  private final MessageDigest digest;

  /** Begins an empty sequence. */
  public Digest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform provides SHA-256.", e);
    }
  }

  /** Adds the first bytes of an array. */
  public Digest add(byte[] bytes, int length) {
    add(length);
    digest.update(bytes, 0, length);
    return this;
  }

  /** Adds a text. */
  public Digest add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return add(bytes, bytes.length);
  }

  /** Adds a number. */
  public Digest add(long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    return this;
  }

  /** Adds numbers. */
  public Digest add(int[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Integer.BYTES));
    bytes.asIntBuffer().put(numbers);
    return add(bytes.array(), bytes.capacity());
  }

  /** Adds numbers. */
  public Digest add(float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES));
    bytes.asFloatBuffer().put(numbers);
    return add(bytes.array(), bytes.capacity());
  }

  /** Adds the texts of several values. */
  public <T> Digest addAll(List<T> values, Function<T, String> text) {
    add(values.size());
    values.forEach(value -> add(text.apply(value)));
    return this;
  }

  /** Returns the digest in hexadecimal; nothing can be added afterwards. */
  public String toHex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
