package dev.recal.graphs.synthesis;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The outputs of a discriminator.
 *
 * @param logits (N, 50): 25 of the full image, then 25 of the small one
 * @param whole the map (N, 8, 8, C) behind the full image's logits
 * @param small the map (N, 8, 8, C) behind the small image's logits
 * @param fine the map (N, 16, 16, C) of the full image, a quadrant of which is decoded
 */
public record DiscriminatorOutput(
    Operand<TFloat32> logits,
    Operand<TFloat32> whole,
    Operand<TFloat32> small,
    Operand<TFloat32> fine) {}
