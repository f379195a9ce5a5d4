package dev.recal.tools.console;

import dev.recal.ops.json.Names;
import java.util.Collection;

/** A command line that asks for something that cannot be; the exit code is 2. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST_LIST = 20;

  /**
   * A usage error.
   *
   * @param sentence names the argument, what was expected and what came
   */
  public UsageException(String sentence) {
    super(sentence);
  }

  private UsageException(IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
  }

  /** There is nothing of that name; the nearest known one is offered, and all if they are few. */
  public static UsageException unknown(String argument, String name, Collection<String> known) {
    String hint =
        known.size() <= LONGEST_LIST
            ? Names.hint(name, known)
            : Names.nearest(name, known).map(near -> " Did you mean '" + near + "'?").orElse("");
    return new UsageException(argument + ": there is no '" + name + "'." + hint);
  }

  /**
   * What a command line asks for.
   *
   * @param <T> its value
   * @param <E> what may fail besides; nothing checked for most
   */
  @FunctionalInterface
  public interface Setting<T, E extends Exception> {
    /** Returns the value, or rejects it by an {@link IllegalArgumentException}. */
    T get() throws E;
  }

  /** Returns a setting's value; where the setting is rejected, that is a usage error. */
  public static <T, E extends Exception> T check(Setting<T, E> setting) throws E {
    try {
      return setting.get();
    } catch (IllegalArgumentException refused) {
      throw new UsageException(refused);
    }
  }
}
