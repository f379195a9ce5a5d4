package dev.recal.graphs.data.targets;

import java.util.Arrays;

/**
 * Run lengths as COCO's text: each number in groups of five bits, the lowest first, one character
 * for a group: the group + 48, with bit 5 set if another group follows. Bit 4 of the last group is
 * the sign. From the fourth run on, the number is the difference to the run two before.
 */
final class CompressedRuns {
  private static final int BITS = 5;
  private static final int GROUP = 31;
  private static final int MORE = 32;
  private static final int SIGN = 16;
  private static final int FIRST = '0';
  private static final int LAST = FIRST + GROUP + MORE;
  // More than a difference of two ints needs.
  private static final int MAX_GROUPS = 7;

  private CompressedRuns() {}

  static String write(int[] runs) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < runs.length; i++) {
      int rest = i > 2 ? runs[i] - runs[i - 2] : runs[i];
      boolean more = true;
      while (more) {
        int group = rest & GROUP;
        rest >>= BITS;
        more = rest != ((group & SIGN) == 0 ? 0 : -1);
        text.append((char) (FIRST + group + (more ? MORE : 0)));
      }
    }
    return text.toString();
  }

  static int[] read(String text) {
    int[] runs = new int[text.length()];
    int count = 0;
    int at = 0;
    while (at < text.length()) {
      int start = at;
      long number = 0;
      int shift = 0;
      int group;
      do {
        if (at == text.length()) {
          throw new IllegalArgumentException(
              "counts: expected compressed runs, but the text ends inside of a number.");
        }
        group = text.charAt(at) - FIRST;
        if (group < 0 || group > LAST - FIRST || at - start == MAX_GROUPS) {
          throw damaged(text, at, at - start == MAX_GROUPS);
        }
        number |= (long) (group & GROUP) << shift;
        shift += BITS;
        at++;
      } while ((group & MORE) != 0);
      if ((group & SIGN) != 0) {
        number |= -1L << shift;
      }
      number += count > 2 ? runs[count - 2] : 0;
      if (number < 0 || number > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            ("counts: expected compressed runs of 0 to 2³¹ − 1 pixels, but got " + number)
                + (" at index " + start + "."));
      }
      runs[count++] = (int) number;
    }
    return Arrays.copyOf(runs, count);
  }

  private static IllegalArgumentException damaged(String text, int at, boolean tooLong) {
    return new IllegalArgumentException(
        tooLong
            ? "counts: expected compressed runs, but got a number of more than "
                + (MAX_GROUPS + " characters before index " + at + ".")
            : "counts: expected characters from '0' to 'o', but got '"
                + (text.charAt(at) + "' at index " + at + "."));
  }
}
