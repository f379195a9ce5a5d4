package dev.recal.graphs.synthesis.oneshot;

import dev.recal.graphs.profile.Profile;
import dev.recal.graphs.profile.Profiler;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import java.util.function.BiFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Trainable parameters and multiply-adds of a scale's networks for one image of its size.
 *
 * @param generatorParameters trainable values of the generator
 * @param generatorMacs multiply-adds of its convolutions and products
 * @param criticParameters trainable values of the critic
 * @param criticMacs multiply-adds of its convolutions
 */
public record ScaleProfile(
    long generatorParameters, long generatorMacs, long criticParameters, long criticMacs) {

  /** Counts the networks of a scale. */
  public static ScaleProfile of(SinGan network, Pyramid pyramid, int channels, int scale) {
    Shape image = Shape.of(1, pyramid.height(scale), pyramid.width(scale), channels);
    Profile generator =
        profile(
            image, (context, map) -> network.generator(scale, channels).build(context, map, map));
    Profile critic = profile(image, (context, map) -> network.critic(scale).build(context, map));
    return new ScaleProfile(
        generator.parameters(), generator.macs(), critic.parameters(), critic.macs());
  }

  private static Profile profile(
      Shape image, BiFunction<BuildContext, Operand<TFloat32>, Operand<TFloat32>> network) {
    try (Graph graph = Graphs.create()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 0), Tower.serving());
      Operand<TFloat32> map =
          GraphScope.ops(graph)
              .withName("image")
              .placeholder(TFloat32.class, Placeholder.shape(image));
      network.apply(context, map);
      return Profiler.of(context, image);
    }
  }
}
