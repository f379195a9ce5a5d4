package dev.recal.tools.serve;

import dev.recal.tools.serve.call.TokenCheck;
import dev.recal.tools.serve.model.RateLimitedLog;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps pages of other origins away. A page that anybody's browser shows can send requests to this
 * machine: directly, which shows in its origin, or after its name was made to resolve to this
 * machine (DNS rebinding), which shows in the host.
 */
final class AccessCheck {

  private static final Logger LOG = LoggerFactory.getLogger(AccessCheck.class);
  private static final Pattern HOST =
      Pattern.compile("(?<name>\\[[0-9A-Fa-f:.]+\\]|[^\\s/:@\\[\\]]+)(?::\\d{1,5})?");
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}|\\[::1\\]");
  private static final int MAX_TEXT_LENGTH = 80;

  private final AccessSettings settings;
  private final String scheme;
  private final boolean anyAddress;
  private final Set<String> hosts;
  private final RateLimitedLog refusals = new RateLimitedLog(LOG);
  private final TokenCheck token;

  /**
   * Prepares the check.
   *
   * @param scheme that the server speaks, {@code http} or {@code https}
   * @param host the address it listens on
   */
  AccessCheck(AccessSettings settings, String scheme, String host) {
    this.settings = settings;
    token = new TokenCheck(settings.token());
    this.scheme = scheme;
    anyAddress = new ListenAddress(host).isWildcard();
    hosts = new HashSet<>(settings.hosts());
    hosts.add("localhost");
    hosts.add(canonical(bracketed(host)));
    if (anyAddress) {
      hosts.addAll(machine());
    }
  }

  // By name this machine is only known to the network if the server listens there.
  private static Set<String> machine() {
    try {
      String name = canonical(InetAddress.getLocalHost().getHostName());
      return Set.of(name, name + ".local");
    } catch (UnknownHostException e) {
      return Set.of();
    }
  }

  /**
   * Rejects a request that was not made to this server, or by a page that may not use it.
   *
   * @throws ServingException with the reason
   */
  void require(Request request) {
    HttpFields headers = request.getHeaders();
    requireHost(headers, request);
    Optional<String> origin = origin(headers);
    if (origin.isPresent()) {
      if (!isOwn(origin.get(), headers) && !isAllowed(origin.get())) {
        throw refused(
            "Pages of origin '"
                + shortened(origin.get())
                + "' may not use this server; --allow-origin allows it.");
      }
      return;
    }
    // A browser that omits the origin, for an image or a script, sends this header.
    String site = text(headers.get("Sec-Fetch-Site"));
    boolean foreign = site.equals("cross-site") || site.equals("same-site");
    boolean followsLink =
        text(headers.get("Sec-Fetch-Mode")).equals("navigate")
            && request.getMethod().equals("GET")
            && !Request.getPathInContext(request).startsWith("/v1/");
    if (foreign && !followsLink && !settings.origins().contains(AccessSettings.ANY)) {
      throw refused("Pages of other origins may not use this server; --allow-origin allows some.");
    }
  }

  private void requireHost(HttpFields headers, Request request) {
    if (settings.hosts().contains(AccessSettings.ANY)) {
      return;
    }
    List<String> named = headers.getValuesList(HttpHeader.HOST);
    // The target of a request may be a whole address, which then counts.
    String target = text(Request.getServerName(request));
    boolean allowed = named.size() == 1 && isHost(named.get(0)) && isHost(bracketed(target));
    if (!allowed) {
      String shown = named.isEmpty() ? "" : named.get(0);
      throw refused(
          "This server is not addressed as '"
              + shortened(shown.isEmpty() || isHost(shown) ? target : shown)
              + "'; --allow-host allows a name.");
    }
  }

  private boolean isHost(String authority) {
    Matcher matcher = HOST.matcher(authority);
    if (!matcher.matches()) {
      return false;
    }
    String name = canonical(matcher.group("name"));
    boolean address = name.startsWith("[") || IPV4.matcher(name).matches();
    // No name can be made to point to an address; browsers keep names in 'localhost' to themselves.
    return hosts.contains(name)
        || LOOPBACK.matcher(name).matches()
        || name.endsWith(".localhost")
        || anyAddress && address;
  }

  /** Returns the origin that a request names, if it names one. */
  Optional<String> origin(HttpFields headers) {
    List<String> origins = headers.getValuesList(HttpHeader.ORIGIN);
    return origins.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", origins));
  }

  /** Returns whether pages of an origin were allowed by the settings. */
  boolean isAllowed(String origin) {
    return settings.origins().contains(AccessSettings.ANY)
        || settings.origins().contains(origin.toLowerCase(Locale.ROOT));
  }

  private boolean isOwn(String origin, HttpFields headers) {
    return origin.equalsIgnoreCase(scheme + "://" + text(headers.get(HttpHeader.HOST)));
  }

  /**
   * Rejects a request without the token, if one is required.
   *
   * @throws ServingException with the reason
   */
  void requireToken(Request request) {
    token.require(request.getHeaders().get(HttpHeader.AUTHORIZATION));
  }

  private ServingException refused(String reason) {
    refusals.warn("A request was rejected: " + reason);
    return new ServingException(ServingStatus.PERMISSION_DENIED, "host_or_origin", reason);
  }

  private static String text(String header) {
    return header == null ? "" : header;
  }

  private static String bracketed(String name) {
    return name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name;
  }

  // A name with a full stop at its end is the same name.
  private static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  // Text from a client is shown without line breaks or markup.
  private static String shortened(String text) {
    String safe = text.replaceAll("[^\\x20-\\x7E]|[<>'\"]", "?");
    return safe.length() <= MAX_TEXT_LENGTH ? safe : safe.substring(0, MAX_TEXT_LENGTH) + "…";
  }
}
