/** Measurements, as ratios in one run: networks by their steps, modules by the blocks they join. */
package dev.recal.tools.bench;
