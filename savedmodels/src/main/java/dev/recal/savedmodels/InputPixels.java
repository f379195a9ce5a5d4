package dev.recal.savedmodels;

import dev.recal.ops.image.ContainedImages;
import dev.recal.ops.image.ImageExtent;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Locale;
import java.util.Map;

/**
 * The pixels that a model would decode from the image files among its inputs. JPEG, PNG, GIF, BMP,
 * WebP and TIFF files are found in strings as they are, and in the fields of serialised examples;
 * data that a model itself unpacks, base64 or compressed, is not covered.
 */
public final class InputPixels {

  private final long[] rows;
  private final long limit;

  private InputPixels(long[] rows, long limit) {
    this.rows = rows;
    this.limit = limit;
  }

  /**
   * Reads the headers of all image files.
   *
   * @param inputs by name
   * @param rows the number of rows that the inputs can be split into; 1 if they cannot
   * @param limit the maximum for one image, and for those that are decoded in one run
   * @throws TooManyPixelsException if an image, or a row, has more
   */
  public static InputPixels of(Map<String, TensorValue> inputs, int rows, long limit) {
    long[] sums = new long[rows];
    inputs.forEach(
        (name, value) -> {
          if (value.type() == ElementType.STRING) {
            add(name, value.byteStrings(), sums, limit);
          }
        });
    return new InputPixels(sums, limit);
  }

  private static void add(String name, byte[][] strings, long[] sums, long limit) {
    for (int i = 0; i < strings.length; i++) {
      int element = i;
      int row = (int) ((long) i * sums.length / strings.length);
      ContainedImages.forEach(
          strings[i],
          image -> {
            if (image.pixels() > limit) {
              throw tooLarge(name, element, image, limit);
            }
            sums[row] += image.pixels();
            if (sums[row] > limit) {
              throw tooMany(name, sums[row], limit);
            }
          });
    }
  }

  private static TooManyPixelsException tooLarge(
      String name, int element, ImageExtent image, long limit) {
    return new TooManyPixelsException(
        String.format(
            Locale.ROOT,
            "expected images of at most %,d pixels, but got %s in element %d of '%s'.",
            limit,
            image.text(),
            element,
            name));
  }

  private static TooManyPixelsException tooMany(String name, long sum, long limit) {
    return new TooManyPixelsException(
        String.format(
            Locale.ROOT,
            "expected at most %,d pixels in images that are decoded together, but got %,d"
                + " in '%s'.",
            limit,
            sum,
            name));
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows.length;
  }

  /** Returns the sum over the rows from one to another, the latter excluded. */
  public long sum(int from, int to) {
    long sum = 0;
    for (int row = from; row < to; row++) {
      sum += rows[row];
    }
    return sum;
  }

  /** Returns the sum of all rows. */
  public long total() {
    return sum(0, rows.length);
  }

  /** Returns the maximum for the images of one run. */
  public long limit() {
    return limit;
  }

  /**
   * Returns the end of a batch that begins at a row.
   *
   * @param from the first row
   * @param batch the maximum number of rows in the run
   * @param room the maximum of its pixels; {@link #limit} holds any row
   * @return the row after its last one; {@code from} if not even one row fits
   */
  public int end(int from, int batch, long room) {
    long left = room;
    int end = from;
    while (end < rows.length && end - from < batch && rows[end] <= left) {
      left -= rows[end++];
    }
    return end;
  }
}
