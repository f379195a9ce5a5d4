package dev.recal.graphs.data;

/**
 * A file that was found and left out.
 *
 * @param name path within the source
 * @param reason why, as the end of a sentence that begins with the name
 */
public record SkippedItem(String name, String reason) {
  @Override
  public String toString() {
    return name + " " + reason;
  }
}
