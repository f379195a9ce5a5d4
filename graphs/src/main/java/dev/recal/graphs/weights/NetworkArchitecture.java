package dev.recal.graphs.weights;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.BuildContext;
import dev.recal.ops.recalibration.GatherExcite;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A classification network. */
record NetworkArchitecture(Network network) implements Architecture {

  NetworkArchitecture {
    Objects.requireNonNull(network, "network");
  }

  @Override
  public String kind() {
    return network.getClass().getSimpleName();
  }

  @Override
  public List<String> families() {
    if (network instanceof ResNet net) {
      if (net.shortcut() == ResNet.Shortcut.AVERAGE_PROJECTION) {
        return List.of("resnet-d");
      }
      if (net.settings().recalibration().filter(GatherExcite.class::isInstance).isPresent()) {
        return List.of("resnet-ge", "resnet");
      }
    }
    return List.of(kind().toLowerCase(Locale.ROOT));
  }

  @Override
  public void build(BuildContext context, Operand<TFloat32> images) {
    network.build(context, images);
  }

  @Override
  public int classes() {
    return network.classes();
  }

  @Override
  public Architecture withClasses(int count) {
    return new NetworkArchitecture(network.withClasses(count));
  }
}
