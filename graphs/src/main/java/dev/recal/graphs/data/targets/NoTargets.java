package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.MapFunction;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * No targets, for kinds of training that only use images.
 *
 * @param count how many items
 */
public record NoTargets(int count) implements TargetStore {

  /** Rejects negative counts. */
  public NoTargets {
    if (count < 0) {
      throw new IllegalArgumentException("count: expected at least 0, but got " + count + ".");
    }
  }

  @Override
  public String description() {
    return "no targets";
  }

  @Override
  public NoTargets choose(int[] items) {
    return new NoTargets(items.length);
  }

  @Override
  public void addTo(Digest digest, int[] items) {
    digest.add("no targets").add(items.length);
  }

  @Override
  public TargetGraph graph(int height, int width, ObjectSettings objects) {
    return new NoGraph();
  }

  private static final class NoGraph extends TargetGraph {
    NoGraph() {
      super(Map.of());
    }

    @Override
    public List<MapFunction.Value> components() {
      return List.of();
    }

    @Override
    public List<Operand<?>> read(
        Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item, Geometry geometry) {
      return List.of();
    }

    @Override
    public TargetBatch batch(List<Operand<?>> delivered) {
      return new TargetBatch.None();
    }
  }
}
