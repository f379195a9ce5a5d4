/** The server's metrics in the text format of Prometheus. */
package dev.recal.tools.serve.metrics;
