package dev.recal.tools.serve.log;

import com.google.gson.JsonObject;
import dev.recal.tools.serve.call.RequestRecord;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The two forms of a line of the access log. Paths are the client's text, so they are escaped. */
final class AccessLogLine {

  private static final int MAX_PATH = 512;

  private AccessLogLine() {}

  static String of(RequestRecord request, AccessLogSettings.Format format) {
    return format == AccessLogSettings.Format.JSON ? json(request) : text(request);
  }

  private static String text(RequestRecord request) {
    return String.format(
        Locale.ROOT,
        "%s %s %s %s %s %s %.1fms in=%d out=%d model=%s version=%s signature=%s rows=%d%s",
        request.time().truncatedTo(ChronoUnit.MILLIS),
        request.client(),
        request.protocol().label(),
        request.method(),
        path(request).replaceAll("[\\s\\p{Cntrl}\"]", "?"),
        request.shownStatus(),
        request.nanoseconds() / 1e6,
        request.received(),
        request.sent(),
        dash(request.model()),
        request.version().isPresent() ? Long.toString(request.version().getAsLong()) : "-",
        dash(request.signature()),
        request.rows(),
        request.reason().isEmpty() ? "" : " reason=" + request.reason());
  }

  private static String json(RequestRecord request) {
    JsonObject line = new JsonObject();
    line.addProperty("time", request.time().truncatedTo(ChronoUnit.MILLIS).toString());
    line.addProperty("client", request.client());
    line.addProperty("protocol", request.protocol().label());
    line.addProperty("method", request.method());
    line.addProperty("path", path(request));
    line.addProperty("status", request.shownStatus());
    line.addProperty("milliseconds", Math.round(request.nanoseconds() / 1e5) / 10.0);
    line.addProperty("bytes_in", request.received());
    line.addProperty("bytes_out", request.sent());
    if (!request.model().isEmpty()) {
      line.addProperty("model", request.model());
      line.addProperty("version", request.version().orElse(0));
      line.addProperty("signature", request.signature());
      line.addProperty("rows", request.rows());
    }
    if (!request.reason().isEmpty()) {
      line.addProperty("reason", request.reason());
    }
    return line.toString();
  }

  private static String path(RequestRecord request) {
    String path = request.path() == null ? "" : request.path();
    return path.length() <= MAX_PATH ? path : path.substring(0, MAX_PATH) + "…";
  }

  private static String dash(String word) {
    return word.isEmpty() ? "-" : word.replaceAll("[\\s\\p{Cntrl}]", "_");
  }
}
