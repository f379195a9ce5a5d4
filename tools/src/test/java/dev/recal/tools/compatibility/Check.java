package dev.recal.tools.compatibility;

/**
 * The result of one check of one model.
 *
 * @param name the check, for example a signature's key
 * @param outcome the outcome
 * @param detail why it failed or does not apply; otherwise empty or a number
 */
record Check(String name, Outcome outcome, String detail) {

  /** The outcome. */
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
