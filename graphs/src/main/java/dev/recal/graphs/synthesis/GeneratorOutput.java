package dev.recal.graphs.synthesis;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The outputs of a generator.
 *
 * @param images (N, S, S, 3), from −1 to 1; approximately, without tanh
 * @param small the same images (N, s, s, 3), see {@link FastGanGenerator#smallSize()}
 * @param maps the feature map (N, R, R, C) of every resolution R from 4 to S, after its skips
 */
public record GeneratorOutput(
    Operand<TFloat32> images, Operand<TFloat32> small, Map<Integer, Operand<TFloat32>> maps) {}
