package dev.recal.savedmodels;

/**
 * How far a model's answer is from the recorded one.
 *
 * @param signature the key
 * @param output the output's name
 * @param relativeError ‖answer − recorded‖ / ‖recorded‖; infinite where a value is not finite or
 *     the shape differs
 */
public record GoldenError(String signature, String output, double relativeError) {}
