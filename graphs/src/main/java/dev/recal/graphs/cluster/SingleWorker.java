package dev.recal.graphs.cluster;

import dev.recal.ops.Replicas;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;

/** A process that trains alone. */
enum SingleWorker implements Workers {
  INSTANCE;

  @Override
  public int size() {
    return 1;
  }

  @Override
  public int index() {
    return 0;
  }

  @Override
  public void connect(ConfigProto config, BooleanSupplier stops) {}

  @Override
  public Replicas replicas(int stage) {
    return Replicas.single();
  }

  @Override
  public Session open(Graph graph, ConfigProto config) {
    return Sessions.open(graph, config);
  }

  @Override
  public void stepped() {}

  @Override
  public double[] sum(double... values) {
    return values.clone();
  }

  @Override
  public void byChief(Work work) throws IOException {
    work.run();
  }

  @Override
  public RuntimeException explained(RuntimeException failure) {
    return failure;
  }
}
