package dev.recal.tools.serve;

import java.nio.file.Path;
import java.util.Objects;

/**
 * The key and the certificate of a server that speaks HTTPS.
 *
 * @param keyStore a PKCS #12 file, as {@code keytool} and {@code openssl pkcs12 -export} write it
 * @param password of the file and of the key in it
 */
public record TlsSettings(Path keyStore, String password) {

  /** Rejects missing settings. */
  public TlsSettings {
    Objects.requireNonNull(keyStore, "keyStore");
    Objects.requireNonNull(password, "password");
  }

  /** Hides the password. */
  @Override
  public String toString() {
    return "TlsSettings[keyStore=" + keyStore + "]";
  }
}
