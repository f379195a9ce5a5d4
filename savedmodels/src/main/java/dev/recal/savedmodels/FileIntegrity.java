package dev.recal.savedmodels;

import java.util.List;
import java.util.Locale;

/**
 * The result of comparing a model's files with their recorded digests. A model with a file that
 * differs from its digest is not described at all.
 *
 * @param verified the files whose SHA-256 is recorded in {@code recal.json}; all of them match.
 *     Empty for a model of another program or of a Recal that recorded none: changes in its files
 *     cannot be detected
 * @param added the files that have been added since and are not read when the model is loaded
 */
public record FileIntegrity(List<String> verified, List<String> added) {

  /** Copies the lists. */
  public FileIntegrity {
    verified = List.copyOf(verified);
    added = List.copyOf(added);
  }

  /** Returns whether the model records digests. */
  public boolean recorded() {
    return !verified.isEmpty();
  }

  /** Returns the result as text for people, without a full stop. */
  public String text() {
    if (!recorded()) {
      return "no SHA-256 digests recorded, so changed files cannot be detected";
    }
    return String.format(Locale.ROOT, "%,d files match their SHA-256 digests", verified.size())
        + (added.isEmpty() ? "" : "; added since: " + String.join(", ", added));
  }
}
