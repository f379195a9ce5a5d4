/**
 * A norm, a gate, a residual addition and an activation as one operation on the map.
 *
 * <p>On a CPU each element-wise operation is a pass over memory, and the passes are what norms and
 * gates cost. Everything between two passes happens here per sample and channel.
 */
package dev.recal.ops.fusion;
