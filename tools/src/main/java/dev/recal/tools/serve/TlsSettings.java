package dev.recal.tools.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * The key and the certificate of a server that speaks HTTPS.
 *
 * @param keyStore a PKCS #12 file, as {@code keytool} and {@code openssl pkcs12 -export} write it
 * @param password of the file and of the key in it
 */
public record TlsSettings(Path keyStore, String password) {

  static final String TYPE = "PKCS12";

  /** Rejects missing settings. */
  public TlsSettings {
    Objects.requireNonNull(keyStore, "keyStore");
    Objects.requireNonNull(password, "password");
  }

  /** Returns the keys for a server that is not Jetty's. */
  KeyManager[] keyManagers() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance(TYPE);
    try (InputStream stream = Files.newInputStream(keyStore)) {
      keys.load(stream, password.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, password.toCharArray());
    return factory.getKeyManagers();
  }

  /** Hides the password. */
  @Override
  public String toString() {
    return "TlsSettings[keyStore=" + keyStore + "]";
  }
}
