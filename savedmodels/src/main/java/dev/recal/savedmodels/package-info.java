/**
 * SavedModels that every TensorFlow consumer can use: written, read, called and verified.
 *
 * <p>{@link dev.recal.savedmodels.SavedModelWriter} writes, {@link
 * dev.recal.savedmodels.SavedModelReader} describes, {@link dev.recal.savedmodels.Predictor} calls,
 * {@link dev.recal.savedmodels.Verification} checks.
 */
package dev.recal.savedmodels;
