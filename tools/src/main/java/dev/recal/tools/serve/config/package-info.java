/** The configuration of several models in TensorFlow Serving's form. */
package dev.recal.tools.serve.config;
