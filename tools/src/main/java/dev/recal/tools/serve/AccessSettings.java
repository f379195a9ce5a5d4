package dev.recal.tools.serve;

import dev.recal.ops.Arguments;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who may use a server.
 *
 * @param hosts names by which clients may address it, besides this machine's own; {@value #ANY}
 *     allows all
 * @param origins of pages of other servers that may use it, for example {@code
 *     https://app.example.com}; {@value #ANY} allows all
 * @param token the bearer token that clients must send; empty if none is required
 */
public record AccessSettings(Set<String> hosts, Set<String> origins, Optional<String> token) {

  /** Wildcard for all hosts or origins. */
  public static final String ANY = "*";

  private static final String HOST = "\\*|\\[[0-9A-Fa-f:.]+\\]|[^\\s/:@\\[\\],]+";
  private static final String ORIGIN = "\\*|https?://[^\\s/@,]+";

  /** Rejects what is neither a host nor an origin, and tokens that a header cannot carry. */
  public AccessSettings {
    for (String host : hosts) {
      Arguments.require(host.matches(HOST), "hosts", "host names without a port", "'" + host + "'");
    }
    for (String origin : origins) {
      Arguments.require(
          origin.matches(ORIGIN),
          "origins",
          "a scheme, a host and a port as in http://localhost:3000",
          "'" + origin + "'");
    }
    // The token itself does not belong into a message.
    token.ifPresent(
        secret ->
            Arguments.require(
                secret.matches("[!-~]+"),
                "token",
                "visible ASCII characters without spaces",
                secret.getBytes(StandardCharsets.UTF_8).length + " bytes of others"));
    hosts = lowerCase(hosts);
    origins = lowerCase(origins);
  }

  /** Clients on this machine, pages of the server itself, no token. */
  public static AccessSettings defaults() {
    return new AccessSettings(Set.of(), Set.of(), Optional.empty());
  }

  /** Returns the same with other hosts. */
  public AccessSettings withHosts(String... others) {
    return new AccessSettings(Set.of(others), origins, token);
  }

  /** Returns the same with other origins. */
  public AccessSettings withOrigins(String... others) {
    return new AccessSettings(hosts, Set.of(others), token);
  }

  /** Returns the same with a token. */
  public AccessSettings withToken(String secret) {
    return new AccessSettings(hosts, origins, Optional.of(secret));
  }

  private static Set<String> lowerCase(Set<String> names) {
    return names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }
}
