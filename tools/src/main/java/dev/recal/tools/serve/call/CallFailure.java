package dev.recal.tools.serve.call;

import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/**
 * What a client is told about a failure.
 *
 * @param status the status
 * @param reason a word for metrics
 * @param message a sentence
 * @param cause the failure itself
 */
public record CallFailure(ServingStatus status, String reason, String message, Throwable cause) {

  /** Describes a failure. */
  public static CallFailure of(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    ServingStatus status = status(cause);
    String reason =
        cause instanceof ServingException known
            ? known.reason()
            : cause instanceof OutOfMemoryError ? "memory" : status.name().toLowerCase(Locale.ROOT);
    return new CallFailure(status, reason, message(status, cause), cause);
  }

  private static ServingStatus status(Throwable failure) {
    if (failure instanceof ServingException known) {
      return known.status();
    }
    if (failure instanceof IllegalArgumentException) {
      return ServingStatus.INVALID_ARGUMENT;
    }
    if (failure instanceof TimeoutException) {
      return ServingStatus.DEADLINE_EXCEEDED;
    }
    return failure instanceof OutOfMemoryError ? ServingStatus.UNAVAILABLE : ServingStatus.INTERNAL;
  }

  private static String message(ServingStatus status, Throwable failure) {
    return switch (status) {
      case DEADLINE_EXCEEDED -> "The model did not answer in time.";
      case UNAVAILABLE ->
          failure instanceof OutOfMemoryError
              ? "There is not enough memory for this request now."
              : failure.getMessage();
      case INTERNAL -> "The server failed: " + Background.reason(failure) + " See its log.";
      default -> failure.getMessage();
    };
  }

  /** Logs it if it is the server's fault. */
  public void report(String what) {
    if (status == ServingStatus.INTERNAL) {
      Background.report(what, cause);
    }
  }
}
