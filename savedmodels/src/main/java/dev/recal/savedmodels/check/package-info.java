/** What a SavedModel from elsewhere must satisfy before TensorFlow's native code sees it. */
package dev.recal.savedmodels.check;
