package dev.recal.ops;

import dev.recal.ops.files.FileFailures;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What TensorFlow's exceptions say, in one line for people: without the names of nodes and
 * functions, status codes and stack traces, which mean nothing to the owner of a model or a file.
 *
 * <p>Its exceptions have no common class but {@link RuntimeException}: {@code
 * TFInvalidArgumentException} and {@code TFUnimplementedException} are no {@code
 * TensorFlowException}.
 */
public final class TensorFlowFailures {

  private static final String STATUS =
      "(?:CANCELLED|UNKNOWN|INVALID_ARGUMENT|DEADLINE_EXCEEDED|NOT_FOUND|ALREADY_EXISTS"
          + "|PERMISSION_DENIED|UNAUTHENTICATED|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|ABORTED"
          + "|OUT_OF_RANGE|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS|Cancelled|Unknown"
          + "|Invalid argument|Deadline exceeded|Not found|Already exists|Permission denied"
          + "|Unauthenticated|Resource exhausted|Failed precondition|Aborted|Out of range"
          + "|Unimplemented|Internal|Unavailable|Data loss): ";

  private static final Pattern SEVERAL =
      Pattern.compile("\\A\\s*\\d+ root error\\(s\\) found\\.?\\s*(?:\\(0\\)\\s*)?");

  // Where the trace begins that follows the reason.
  private static final Pattern TRACE =
      Pattern.compile(
          "(?m)^\\s*(?:\\[\\[|\\(1\\) |\\d+ successful operations|Hint: |Defined at|Detected at node"
              + "|Function call stack|Original stack trace|Errors may have originated"
              + "|Input Source operations|Additional GRPC error information|Stack trace for op definition)");

  private static final List<Pattern> NOISE =
      List.of(
          // The first line of what a session in a gRPC server reports.
          Pattern.compile("(?m)^From /job:\\S+:\\s*$"),
          Pattern.compile("\\{\\{(?:function_)?node [^}]*\\}\\}"),
          Pattern.compile("\\[\\[[^\\]]*\\]\\]"),
          Pattern.compile("\\[Op:[^\\]]*\\](?: name: \\S*)?"),
          Pattern.compile("\\bdevice:(?=[CGT]PU:)|/job:\\S+?/task:\\d+/(?:device:)?"));

  // A sentence of one of Recal's own checks, and the values that it ends with.
  private static final Pattern CHECK = Pattern.compile("assertion failed: \\[(.*):\\] \\[(.*)\\]");

  private TensorFlowFailures() {}

  /** Returns whether a message is one of TensorFlow's that {@link #reason} shortens. */
  public static boolean isFrom(Throwable failure) {
    return failure.getClass().getPackageName().equals("org.tensorflow.exceptions");
  }

  /**
   * Returns what to throw where TensorFlow fails on the inputs of a signature.
   *
   * @param signature its key
   * @param failure TensorFlow's
   */
  public static IllegalArgumentException ofInputs(String signature, RuntimeException failure) {
    return new IllegalArgumentException(
        "inputs: signature '"
            + signature
            + "' cannot be computed from them: "
            + reason(failure)
            + ".",
        failure);
  }

  /** Returns the reason of a failure, on one line and without a full stop. */
  public static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : reason(message);
  }

  /** Returns the reason that a message gives, on one line and without a full stop. */
  public static String reason(String message) {
    String text = SEVERAL.matcher(message).replaceFirst("");
    text = TRACE.split(text, 2)[0];
    for (Pattern noise : NOISE) {
      text = noise.matcher(text).replaceAll("");
    }
    String line =
        text.lines()
            .map(String::strip)
            .filter(each -> !each.isEmpty())
            .findFirst()
            .orElse("no reason is given");
    line = line.replaceFirst("^(?:" + STATUS + ")+", "");
    line = line.replaceAll("\\s{2,}", " ").replaceAll("[.:\\s]+$", "").strip();
    Matcher check = CHECK.matcher(line);
    if (check.matches()) {
      return check.group(1) + " " + check.group(2).replace("] [", ", ");
    }
    // A failed system call: the path, often of a temporary file, and the system's words.
    String end = line.substring(line.lastIndexOf("; ") + 1).strip();
    String translated = FileFailures.translated(end);
    return translated.equals(end) ? line : translated;
  }
}
