/** Checks of untrusted SavedModels before they reach TensorFlow's native code. */
package dev.recal.savedmodels.check;
