/**
 * What TensorFlow Serving wants beside a model: configuration, warm-up requests, and its messages.
 */
package dev.recal.savedmodels.serving;
