/** A local HTTP server for trying a model: TensorFlow Serving's REST paths, and a page. */
package dev.recal.tools.serve;
