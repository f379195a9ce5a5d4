package dev.recal.savedmodels;

/**
 * A predicted class of an image.
 *
 * @param index the class, in the order of the logits
 * @param label its name; the index as text if the model has no labels
 * @param probability from 0 to 1
 */
public record Classification(int index, String label, double probability) {}
