package dev.recal.graphs.detection;

import dev.recal.ops.BuildContext;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.norm.Norm;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A convolution, a norm and an activation, in the scopes {@code conv} and {@code bn} with a suffix,
 * whatever the norm. Without a norm the convolution has a bias, which starts at 0.
 *
 * @param convolution without bias
 * @param norm empty for none
 * @param activation after the norm
 */
record ConvolutionUnit(Conv2d convolution, Optional<Norm> norm, Activation activation) {

  /** Without activation. */
  static ConvolutionUnit linear(
      int channels, int kernel, Optional<Norm> norm, Initializer initializer) {
    Conv2d convolution = Conv2d.of(channels, kernel).initializer(initializer);
    return new ConvolutionUnit(convolution, norm, Activation.IDENTITY);
  }

  /** A 3×3 with ReLU. */
  static ConvolutionUnit rectified(int channels, Optional<Norm> norm, Initializer initializer) {
    Conv2d convolution = Conv2d.of(channels, 3).initializer(initializer);
    return new ConvolutionUnit(convolution, norm, Activation.RELU);
  }

  ConvolutionUnit stride(int stride) {
    return new ConvolutionUnit(convolution.stride(stride), norm, activation);
  }

  Operand<TFloat32> build(BuildContext scope, String suffix, Operand<TFloat32> x) {
    Conv2d layer = norm.isPresent() ? convolution : convolution.biased();
    Operand<TFloat32> y = layer.build(scope.at("conv" + suffix), x);
    Operand<TFloat32> normalised =
        norm.map(following -> following.build(scope.at("bn" + suffix), y)).orElse(y);
    return activation.apply(scope.tf(), normalised);
  }
}
