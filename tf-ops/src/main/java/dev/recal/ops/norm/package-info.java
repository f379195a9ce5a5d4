/**
 * Normalisation with affine variables {@code gamma} and {@code beta}, and moving statistics {@code
 * moving_mean} and {@code moving_variance} if any.
 */
package dev.recal.ops.norm;
