package dev.recal.tools.console;

import dev.recal.ops.json.Names;
import java.util.Collection;

/** A usage error; the exit code is 2. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int MAX_LISTED = 20;

  /**
   * A usage error.
   *
   * @param sentence states the argument, the expected and the actual value
   */
  public UsageException(String sentence) {
    super(sentence);
  }

  private UsageException(IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
  }

  /** An unknown name; suggests the nearest known one, and lists all if they are few. */
  public static UsageException unknown(String argument, String name, Collection<String> known) {
    String hint =
        known.size() <= MAX_LISTED
            ? Names.hint(name, known)
            : Names.nearest(name, known).map(near -> " Did you mean '" + near + "'?").orElse("");
    return new UsageException(argument + ": there is no '" + name + "'." + hint);
  }

  /**
   * Computes a value from the command line.
   *
   * @param <T> its value
   * @param <E> the checked exception, if any
   */
  @FunctionalInterface
  public interface Setting<T, E extends Exception> {
    /** Returns the value, or rejects it by an {@link IllegalArgumentException}. */
    T get() throws E;
  }

  /** Returns a setting's value; a rejected setting is a usage error. */
  public static <T, E extends Exception> T check(Setting<T, E> setting) throws E {
    try {
      return setting.get();
    } catch (IllegalArgumentException refused) {
      throw new UsageException(refused);
    }
  }
}
