package dev.recal.tools.endurance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** What can befall the bytes of a file. */
enum Mutation {
  FLIP {
    @Override
    byte[] of(byte[] bytes, int end, SplittableRandom random) {
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        bytes[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
      }
      return bytes;
    }
  },
  OVERWRITE {
    @Override
    byte[] of(byte[] bytes, int end, SplittableRandom random) {
      for (int i = random.nextInt(1, 9); i > 0; i--) {
        bytes[random.nextInt(end)] = (byte) random.nextInt();
      }
      return bytes;
    }
  },
  ZERO {
    @Override
    byte[] of(byte[] bytes, int end, SplittableRandom random) {
      int from = random.nextInt(end);
      Arrays.fill(bytes, from, Math.min(end, from + random.nextInt(1, 200)), (byte) 0);
      return bytes;
    }
  },
  SWAP {
    @Override
    byte[] of(byte[] bytes, int end, SplittableRandom random) {
      int length = Math.min(end / 2, random.nextInt(1, 65));
      int first = random.nextInt(end - length + 1);
      int second = random.nextInt(end - length + 1);
      byte[] part = Arrays.copyOfRange(bytes, first, first + length);
      System.arraycopy(bytes, second, bytes, first, length);
      System.arraycopy(part, 0, bytes, second, length);
      return bytes;
    }
  },
  // Where a length, a count or an offset may be.
  LENGTH {
    @Override
    byte[] of(byte[] bytes, int end, SplittableRandom random) {
      int width = Math.min(end, 1 << random.nextInt(4));
      long[] numbers = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, 1L << 40};
      ByteBuffer number =
          ByteBuffer.allocate(8)
              .order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
              .putLong(numbers[random.nextInt(numbers.length)]);
      int from = number.order() == ByteOrder.BIG_ENDIAN ? 8 - width : 0;
      System.arraycopy(number.array(), from, bytes, random.nextInt(end - width + 1), width);
      return bytes;
    }
  },
  CUT {
    @Override
    byte[] of(byte[] bytes, int end, SplittableRandom random) {
      return Arrays.copyOf(bytes, random.nextInt(end));
    }
  },
  INSERT {
    @Override
    byte[] of(byte[] bytes, int end, SplittableRandom random) {
      byte[] added = new byte[random.nextInt(1, 100)];
      random.nextBytes(added);
      return spliced(bytes, random.nextInt(end + 1), 0, added);
    }
  },
  REMOVE {
    @Override
    byte[] of(byte[] bytes, int end, SplittableRandom random) {
      int from = random.nextInt(end);
      return spliced(bytes, from, Math.min(end - from, random.nextInt(1, 100)), new byte[0]);
    }
  };

  private static final int OF_THE_SAME_LENGTH = 5;

  /**
   * Changes some bytes.
   *
   * @param bytes may be changed themselves
   * @param end where the part that changes ends
   */
  abstract byte[] of(byte[] bytes, int end, SplittableRandom random);

  /**
   * Returns a file that was changed in a random way, never the same as before.
   *
   * @param end the part before it is changed; if it is not the whole file, its length stays
   */
  static byte[] random(byte[] whole, int end, SplittableRandom random) {
    byte[] changed;
    do {
      int count = end == whole.length ? values().length : OF_THE_SAME_LENGTH;
      changed = values()[random.nextInt(count)].of(whole.clone(), end, random);
    } while (Arrays.equals(changed, whole));
    return changed;
  }

  private static byte[] spliced(byte[] bytes, int at, int removed, byte[] added) {
    byte[] result = Arrays.copyOf(bytes, bytes.length - removed + added.length);
    System.arraycopy(added, 0, result, at, added.length);
    System.arraycopy(bytes, at + removed, result, at + added.length, bytes.length - at - removed);
    return result;
  }
}
