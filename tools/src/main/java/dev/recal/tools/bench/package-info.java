/** Measurements, as ratios in one run. */
package dev.recal.tools.bench;
