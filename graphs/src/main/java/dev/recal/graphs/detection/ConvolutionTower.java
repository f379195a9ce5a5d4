package dev.recal.graphs.detection;

import dev.recal.ops.BuildContext;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.norm.Norm;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Several 3×3 convolutions, each with a norm and a ReLU: {@code conv1}, {@code bn1} and so on.
 *
 * @param channels of each
 * @param norms of each, empty for none
 * @param initializer of the kernels
 */
record ConvolutionTower(int channels, List<Optional<Norm>> norms, Initializer initializer) {

  static ConvolutionTower of(
      int channels, int count, Optional<Norm> norm, Initializer initializer) {
    return new ConvolutionTower(channels, Collections.nCopies(count, norm), initializer);
  }

  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> input) {
    Operand<TFloat32> x = input;
    for (int i = 0; i < norms.size(); i++) {
      ConvolutionUnit unit = ConvolutionUnit.rectified(channels, norms.get(i), initializer);
      x = unit.build(context, String.valueOf(i + 1), x);
    }
    return x;
  }
}
