package dev.recal.tools.serve.model;

/**
 * What TensorFlow Serving's status tells of one version.
 *
 * @param version its number
 * @param state what happens to it
 * @param code {@code OK}, or {@code UNKNOWN} where it could not be loaded
 * @param message why it could not be loaded; empty otherwise
 */
public record VersionState(long version, State state, String code, String message) {

  /** TensorFlow Serving's words. */
  public enum State {
    /** It is being read. */
    LOADING,
    /** It answers. */
    AVAILABLE,
    /** It answers its last requests. */
    UNLOADING,
    /** It is gone, or could not be loaded. */
    END
  }

  static VersionState of(long version, State state) {
    return new VersionState(version, state, "OK", "");
  }

  static VersionState broken(long version, String reason) {
    return new VersionState(version, State.END, "UNKNOWN", reason);
  }
}
