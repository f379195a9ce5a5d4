package dev.recal.tools.serve.call;

import dev.recal.tools.serve.model.RateLimitedLog;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requires the server's token, if it has one. */
public final class TokenCheck {

  private static final Logger LOG = LoggerFactory.getLogger(TokenCheck.class);
  private static final String BEARER = "bearer ";

  private final Optional<String> token;
  private final RateLimitedLog refusals = new RateLimitedLog(LOG);

  /** Requires a token; none if it is empty. */
  public TokenCheck(Optional<String> token) {
    this.token = token;
  }

  /**
   * Rejects a request without the token.
   *
   * @param authorization the header or metadata of that name; null if there is none
   * @throws ServingException if the token is missing or wrong
   */
  public void require(String authorization) {
    if (token.isEmpty()) {
      return;
    }
    String sent = authorization == null ? "" : authorization;
    boolean bearer = sent.regionMatches(true, 0, BEARER, 0, BEARER.length());
    byte[] given = bytes(bearer ? sent.substring(BEARER.length()).strip() : "");
    if (!MessageDigest.isEqual(given, bytes(token.get()))) {
      refusals.warn("A request was rejected: its token is missing or wrong.");
      throw new ServingException(
          ServingStatus.UNAUTHENTICATED,
          "token",
          "This server needs a token: send it as 'Authorization: Bearer TOKEN'.");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
