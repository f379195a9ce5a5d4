package dev.recal.tools.serve;

import dev.recal.ops.files.FileFailures;
import dev.recal.tools.serve.model.Background;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.security.GeneralSecurityException;

/** Why a server cannot listen, as a sentence. */
final class ListenFailures {

  private ListenFailures() {}

  // Netty has its own exception for it.
  private static boolean isTaken(Throwable cause) {
    return cause instanceof BindException
        || cause instanceof IOException
            && cause.getMessage() != null
            && cause.getMessage().endsWith("Address already in use");
  }

  /**
   * Describes a failure.
   *
   * @param port that was to be opened
   * @param option by which another port can be chosen
   */
  static IOException of(ServeSettings settings, int port, String option, Exception problem) {
    String place = settings.host() + ":" + port;
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (isTaken(cause)) {
        return new IOException(
            "The server cannot listen on "
                + place
                + ": "
                + cause.getMessage()
                + ". Use "
                + option
                + " 0 for any free port.",
            problem);
      }
      if (cause instanceof UnresolvedAddressException) {
        return new IOException(
            "The server cannot listen on " + place + ": this machine has no such address.",
            problem);
      }
      if (settings.tls().isPresent() && cause instanceof FileSystemException file) {
        return new IOException(
            "The key store "
                + settings.tls().get().keyStore()
                + " cannot be read: "
                + FileFailures.reason(file)
                + ".",
            problem);
      }
      if (settings.tls().isPresent() && cause instanceof GeneralSecurityException) {
        return new IOException(
            "The key store "
                + settings.tls().get().keyStore()
                + " cannot be used: expected a PKCS #12 file with a key and this password.",
            problem);
      }
    }
    return new IOException(
        "The server cannot listen on " + place + ": " + Background.reason(problem), problem);
  }
}
