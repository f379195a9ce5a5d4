package dev.recal.tools.serve.model;

/**
 * The state of a version in TensorFlow Serving's status.
 *
 * @param version its number
 * @param state its state
 * @param code {@code OK}, or {@code UNKNOWN} if it could not be loaded
 * @param message why it could not be loaded; empty otherwise
 */
public record VersionState(long version, State state, String code, String message) {

  /** The states of TensorFlow Serving. */
  public enum State {
    /** It is being loaded. */
    LOADING,
    /** It is served. */
    AVAILABLE,
    /** It finishes its last requests. */
    UNLOADING,
    /** It was unloaded, or could not be loaded. */
    END
  }

  static VersionState of(long version, State state) {
    return new VersionState(version, state, "OK", "");
  }

  static VersionState broken(long version, String reason) {
    return new VersionState(version, State.END, "UNKNOWN", reason);
  }
}
