package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.DecodePass;
import dev.recal.graphs.data.items.ImageItems;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names and counts the images that a pipeline finds unreadable.
 *
 * @param name of the set, for messages
 * @param items the set's
 * @param replaces whether another image replaces an unreadable one
 */
record UnreadableReport(String name, ImageItems items, boolean replaces) {
  private static final Logger LOG = LoggerFactory.getLogger(UnreadableReport.class);

  /** Reports an image, the first time with a warning. */
  void add(int item) {
    if (items.unreadable().contains(item)) {
      return;
    }
    String reason = DecodePass.reason(items, item);
    if (items.unreadable().add(item, reason)) {
      LOG.warn(
          "{}: {} {}; {} ({} unreadable so far)",
          name,
          items.name(item),
          reason,
          replaces ? "another image replaces it" : "it is skipped",
          items.unreadable().count());
    }
  }

  /**
   * Reports what became of the images of a batch.
   *
   * @param marks see {@link ReadableElement}
   * @throws IOException if an unreadable image could not be replaced
   */
  void addAll(int[] marks) throws IOException {
    for (int mark : marks) {
      int item = ReadableElement.unreadable(mark);
      if (item >= 0) {
        add(item);
      }
      if (ReadableElement.isExhausted(mark)) {
        throw noReadableImage(item);
      }
    }
  }

  /** The failure of a set of which nothing can be read any more. */
  IOException noReadableImage(int item) {
    return new IOException(
        (name + ": too many images in a row cannot be read; " + items.name(item) + " ")
            + (DecodePass.reason(items, item) + ". Check that the files are still there."));
  }
}
