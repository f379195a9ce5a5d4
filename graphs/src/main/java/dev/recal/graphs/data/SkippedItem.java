package dev.recal.graphs.data;

/**
 * A skipped file.
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
