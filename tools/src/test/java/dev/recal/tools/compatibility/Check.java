package dev.recal.tools.compatibility;

/**
 * What came of trying one thing with one model.
 *
 * @param name what was tried, for example a signature's key
 * @param outcome what came of it
 * @param detail why it failed or does not apply; else empty or a figure
 */
record Check(String name, Outcome outcome, String detail) {

  /** What came of it. */
  enum Outcome {
    PASSED("✓"),
    FAILED("✗"),
    NOT_APPLICABLE("–");

    private final String sign;

    Outcome(String sign) {
      this.sign = sign;
    }

    String sign() {
      return sign;
    }
  }

  static Check passed(String name, String detail) {
    return new Check(name, Outcome.PASSED, detail);
  }

  static Check failed(String name, String detail) {
    return new Check(name, Outcome.FAILED, detail);
  }

  static Check notApplicable(String name, String detail) {
    return new Check(name, Outcome.NOT_APPLICABLE, detail);
  }

  boolean hasFailed() {
    return outcome == Outcome.FAILED;
  }
}
