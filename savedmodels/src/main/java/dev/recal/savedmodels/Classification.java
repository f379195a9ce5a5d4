package dev.recal.savedmodels;

/**
 * One class that an image may show.
 *
 * @param index the class, in the order of the logits
 * @param label its name; the index as text where the model has no names
 * @param probability from 0 to 1
 */
public record Classification(int index, String label, double probability) {}
