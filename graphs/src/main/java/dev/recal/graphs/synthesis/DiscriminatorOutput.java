package dev.recal.graphs.synthesis;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What a discriminator makes of images.
 *
 * @param logits (N, 50): 25 of the full image, then 25 of the small one
 * @param whole the map (N, 8, 8, C) that the full image's logits come from
 * @param small the map (N, 8, 8, C) that the small image's logits come from
 * @param fine the map (N, 16, 16, C) of the full image, a quadrant of which is decoded
 */
public record DiscriminatorOutput(
    Operand<TFloat32> logits,
    Operand<TFloat32> whole,
    Operand<TFloat32> small,
    Operand<TFloat32> fine) {}
