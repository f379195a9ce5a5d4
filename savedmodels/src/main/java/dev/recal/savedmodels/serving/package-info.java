/** Support for TensorFlow Serving: configuration, warm-up requests, and its messages. */
package dev.recal.savedmodels.serving;
