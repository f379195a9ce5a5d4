package dev.recal.graphs.data.items;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Image formats that TensorFlow does not decode, recognised by the first bytes of a file. */
public enum ForeignFormat {
  WEBP("WebP", true),
  TIFF("TIFF", true),
  HEIC("HEIC", false),
  AVIF("AVIF", false),
  JPEG_XL("JPEG XL", false),
  JPEG_2000("JPEG 2000", false),
  PSD("Photoshop", false);

  /** The first bytes of a file that {@link #of} needs. */
  public static final int HEAD_BYTES = 32;

  private final String title;
  private final boolean readable;

  ForeignFormat(String title, boolean readable) {
    this.title = title;
    this.readable = readable;
  }

  /** The common name of the format. */
  public String title() {
    return title;
  }

  /** The name with its article, as in "is an AVIF image". */
  String description() {
    return (this == AVIF ? "an " : "a ") + title + " image";
  }

  /** Whether {@link ForeignImage} reads it. */
  public boolean isReadable() {
    return readable;
  }

  /**
   * Tells the format of a file.
   *
   * @param head its first bytes, up to 32
   * @return empty if it is none of these
   */
  public static Optional<ForeignFormat> of(byte[] head) {
    if (begins(head, 0, "RIFF") && begins(head, 8, "WEBP")) {
      return Optional.of(WEBP);
    }
    if (begins(head, 0, "II*\0") || begins(head, 0, "MM\0*")) {
      return Optional.of(TIFF);
    }
    if (begins(head, 4, "ftyp")) {
      return brand(head);
    }
    if (begins(head, 0, "ÿ\n") || begins(head, 4, "JXL ")) {
      return Optional.of(JPEG_XL);
    }
    if (begins(head, 4, "jP  ")) {
      return Optional.of(JPEG_2000);
    }
    return begins(head, 0, "8BPS") ? Optional.of(PSD) : Optional.empty();
  }

  /** HEIC and AVIF are containers, whose brands name the format. */
  private static Optional<ForeignFormat> brand(byte[] head) {
    String brands = new String(head, 8, Math.max(0, head.length - 8), StandardCharsets.ISO_8859_1);
    if (brands.contains("avif") || brands.contains("avis")) {
      return Optional.of(AVIF);
    }
    boolean heic = Arrays.asList("hei", "hev", "mif1", "msf1").stream().anyMatch(brands::contains);
    return heic ? Optional.of(HEIC) : Optional.empty();
  }

  private static boolean begins(byte[] head, int at, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
    int end = at + expected.length;
    return head.length >= end && Arrays.equals(head, at, end, expected, 0, expected.length);
  }
}
