/** A benchmark of the exchange of gradients between worker processes on one machine. */
package dev.recal.tools.bench.workers;
