/**
 * A norm, a gate, a residual addition and an activation as one operation on the map.
 *
 * <p>On a CPU each element-wise operation is a pass over memory, and these passes are the cost of
 * norms and gates. Everything between two passes is computed per sample and channel.
 */
package dev.recal.ops.fusion;
