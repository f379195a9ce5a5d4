/** A local HTTP server to try a model: TensorFlow Serving's REST API, and a page. */
package dev.recal.tools.serve;
