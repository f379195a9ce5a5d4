package dev.recal.savedmodels;

/**
 * The error of a model's output against the recorded output.
 *
 * @param signature the key
 * @param output the output's name
 * @param relativeError ‖answer − recorded‖ / ‖recorded‖; infinite if a value is not finite or the
 *     shape differs
 */
public record GoldenError(String signature, String output, double relativeError) {}
