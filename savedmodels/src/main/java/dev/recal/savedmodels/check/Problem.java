package dev.recal.savedmodels.check;

/** What is wrong in a graph, without the file and without a full stop: the entry adds both. */
final class Problem extends Exception {

  private static final long serialVersionUID = 1L;

  Problem(String format, Object... arguments) {
    super(String.format(format, arguments), null, false, false);
  }

  /** Returns a name that may come from anywhere, short and on one line. */
  static String quote(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return "'" + (clean.length() > 80 ? clean.substring(0, 80) + "…" : clean) + "'";
  }
}
