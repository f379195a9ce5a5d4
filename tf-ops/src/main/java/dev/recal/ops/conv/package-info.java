/**
 * Convolutions and dense layers, in forms whose gradients TensorFlow computes correctly.
 *
 * <p>Feature maps are (N, H, W, C), kernels (H, W, in / groups, out), depthwise kernels (H, W, C,
 * 1), dense kernels (in, out).
 */
package dev.recal.ops.conv;
