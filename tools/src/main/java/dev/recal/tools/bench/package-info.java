/** Benchmarks, as ratios within one run: steps of networks, and modules inside a block. */
package dev.recal.tools.bench;
