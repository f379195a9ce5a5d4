package dev.recal.graphs.data;

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
final class Digest {
  private final MessageDigest digest;

  Digest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform provides SHA-256.", e);
    }
  }

  Digest add(byte[] bytes, int length) {
    add(length);
    digest.update(bytes, 0, length);
    return this;
  }

  Digest add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return add(bytes, bytes.length);
  }

  Digest add(long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    return this;
  }

  Digest add(int[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Integer.BYTES));
    bytes.asIntBuffer().put(numbers);
    return add(bytes.array(), bytes.capacity());
  }

  <T> Digest addAll(List<T> values, Function<T, String> text) {
    add(values.size());
    values.forEach(value -> add(text.apply(value)));
    return this;
  }

  String toHex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
