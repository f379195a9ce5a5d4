package dev.recal.savedmodels.check;

import java.util.Locale;

/** A problem in a graph, without the file name and full stop, which the entry point adds. */
final class Problem extends Exception {

  private static final long serialVersionUID = 1L;

  Problem(String format, Object... arguments) {
    super(String.format(Locale.ROOT, format, arguments), null, false, false);
  }

  /** Returns an untrusted name, shortened and on one line. */
  static String quote(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return "'" + (clean.length() > 80 ? clean.substring(0, 80) + "…" : clean) + "'";
  }
}
