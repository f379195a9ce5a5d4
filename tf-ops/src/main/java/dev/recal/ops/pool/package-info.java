/** Pooling and resizing of feature maps (N, H, W, C). */
package dev.recal.ops.pool;
