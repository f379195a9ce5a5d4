package dev.recal.graphs.synthesis;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Images reconstructed by the decoders from a discriminator's maps, from −1 to 1, each (N, D, D,
 * 3), see {@link FastGanDiscriminator#decodedSize()}.
 *
 * @param whole the full image
 * @param small the full image, from the small image's map
 * @param part one quadrant of the full image
 */
public record Reconstructions(
    Operand<TFloat32> whole, Operand<TFloat32> small, Operand<TFloat32> part) {}
