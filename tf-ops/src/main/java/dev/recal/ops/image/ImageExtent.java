package dev.recal.ops.image;

/**
 * The cost of decoding an image file, according to its headers.
 *
 * @param height in pixels
 * @param width in pixels
 * @param frames images in the file, all of which a decoder reads; 1 but for animations
 * @param pixels that decoding computes; more than height × width × frames if a decoder processes
 *     the same pixels repeatedly
 */
public record ImageExtent(int height, int width, int frames, long pixels) {

  /** Returns the size in words, for example {@code 8000×6000 pixels}. */
  public String text() {
    String size = width + "×" + height + " pixels";
    if (frames > 1) {
      return size + " in " + frames + " frames";
    }
    return pixels > (long) width * height ? size + " in very many scans" : size;
  }
}
