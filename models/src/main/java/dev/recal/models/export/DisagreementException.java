package dev.recal.models.export;

import java.util.Locale;

/** An optimised model names other classes than the plain one for too many images. */
public final class DisagreementException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * The optimised model was not written.
   *
   * @param images how many were compared
   * @param source what they are
   * @param share of the images for which both models name the same class, from 0 to 1
   * @param expected the minimum, {@link OptimisedForm#minAgreement}
   */
  DisagreementException(int images, String source, double share, double expected) {
    super(
        String.format(
            Locale.ROOT,
            "The optimised model is not written: on %d images (%s), expected the class of the plain"
                + " model for at least %.2f %%, but got it for %.2f %%.",
            images,
            source,
            100 * expected,
            100 * share));
  }
}
