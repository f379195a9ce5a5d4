/**
 * Channel recalibration: layers that multiply a map by gates computed from itself, placed at the
 * end of a residual branch before the addition.
 */
package dev.recal.ops.recalibration;
