package dev.recal.ops.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What went wrong with a file, in words. Java's message is often the path alone, and the operating
 * system's has no path.
 */
public final class FileFailures {

  // The operating systems' words, which Java passes on.
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("No space left on device", "no space is left on the device"),
          Map.entry("There is not enough space on the disk", "no space is left on the device"),
          Map.entry("Disk quota exceeded", "the disk quota is exceeded"),
          Map.entry("File too large", "the file system allows no file of this size"),
          Map.entry("Is a directory", "it is a directory"),
          Map.entry("Not a directory", "part of its path is not a directory"),
          Map.entry("No such file or directory", "it does not exist"),
          Map.entry("Permission denied", "access is denied"),
          Map.entry("Operation not permitted", "the operation is not permitted"),
          Map.entry("Read-only file system", "the file system is read-only"),
          Map.entry("File name too long", "the file name is too long"),
          Map.entry("Too many open files", "too many files are open"),
          Map.entry("Input/output error", "the device reports an input/output error"),
          Map.entry("Stale file handle", "the network file system lost it"));

  // java.io appends the reason in parentheses.
  private static final Pattern OLD_STYLE = Pattern.compile("(.*) \\(([^()]+)\\)");

  private FileFailures() {}

  /**
   * Returns the reason of a failure, as the end of a sentence, without a full stop.
   *
   * @return for example {@code "access to /data/run is denied"} or {@code "no space is left on the
   *     device"}
   */
  public static String reason(IOException failure) {
    if (failure instanceof FileFailureException named) {
      return named.reason;
    }
    if (failure instanceof FileSystemException file && file.getFile() != null) {
      return reason(file);
    }
    if (failure instanceof CharacterCodingException) {
      return "it is not UTF-8 text";
    }
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    Matcher old = OLD_STYLE.matcher(message);
    if (failure instanceof FileNotFoundException && old.matches()) {
      return translated(old.group(2)) + ": " + old.group(1);
    }
    return translated(withoutStop(message));
  }

  private static String withoutStop(String message) {
    return message == null ? "" : message.strip().replaceAll("\\.$", "");
  }

  private static String reason(FileSystemException failure) {
    String file = failure.getFile();
    if (failure instanceof NoSuchFileException) {
      return "there is no " + file;
    }
    if (failure instanceof AccessDeniedException) {
      return "access to " + file + " is denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return file + " already exists";
    }
    if (failure instanceof NotDirectoryException) {
      return file + " is not a directory";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return "directory " + file + " is not empty";
    }
    if (failure instanceof FileSystemLoopException) {
      return file + " is a link to a directory that contains it";
    }
    return failure.getReason() == null ? file : translated(failure.getReason()) + ": " + file;
  }

  /** Returns the operating system's words for a reason in the words of these messages. */
  public static String translated(String reason) {
    return REASONS.getOrDefault(reason, reason);
  }

  /** Returns a failure as a sentence. */
  public static String sentence(IOException failure) {
    if (failure instanceof FileFailureException) {
      return failure.getMessage();
    }
    String reason = reason(failure);
    boolean name =
        failure instanceof FileSystemException file
            && file.getFile() != null
            && reason.startsWith(file.getFile());
    boolean own = reason.equals(withoutStop(failure.getMessage()));
    return (name || own ? reason : Character.toUpperCase(reason.charAt(0)) + reason.substring(1))
        + ".";
  }

  /** Returns a failure as a sentence: its own, or that of its cause if it has none. */
  public static String sentence(UncheckedIOException failure) {
    IOException cause = failure.getCause();
    return cause.toString().equals(failure.getMessage()) || failure.getMessage() == null
        ? sentence(cause)
        : failure.getMessage();
  }

  /** Returns an exception whose message says that a file cannot be read, and why. */
  public static IOException reading(Path file, IOException cause) {
    // In a sentence about something else, such as a directory of files, the file has to be named.
    String reason =
        cause instanceof FileSystemException ? reason(cause) : reason(cause) + ": " + file;
    return of(file, "read", reason, cause);
  }

  /**
   * Returns an exception whose message says that a file cannot be written, and why.
   *
   * @param file or a directory
   */
  public static IOException writing(Path file, IOException cause) {
    return of(file, "written", reason(cause), cause);
  }

  private static IOException of(Path file, String done, String reason, IOException cause) {
    if (cause instanceof FileFailureException named) {
      return named;
    }
    return new FileFailureException(
        "File " + file + " cannot be " + done + ": " + reason(file, cause) + ".", reason, cause);
  }

  // Without the name of a file that the sentence has already named.
  private static String reason(Path file, IOException cause) {
    if (!(cause instanceof FileSystemException named) || !file.toString().equals(named.getFile())) {
      return reason(cause);
    }
    if (cause instanceof NoSuchFileException) {
      return "it does not exist";
    }
    if (cause instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "it already exists";
    }
    return named.getReason() == null ? reason(cause) : translated(named.getReason());
  }

  /** Its message is a sentence that names the file. */
  private static final class FileFailureException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    FileFailureException(String message, String reason, IOException cause) {
      super(message, cause);
      this.reason = reason;
    }
  }
}
