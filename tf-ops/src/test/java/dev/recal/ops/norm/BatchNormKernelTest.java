package dev.recal.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.ProductFormat;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.initializer.Uniform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class BatchNormKernelTest {

  /** The arrays of y, of gradients, of batch statistics and of the inference form. */
  private static List<float[]> values(int channels, ProductFormat format) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 7, format, Replicas.single());
      Operand<TFloat32> x = random(store, "x", Shape.of(3, 4, 5, channels));
      BuildContext context = BuildContext.of(store, Tower.training());
      BatchNorm norm = BatchNorm.defaults();
      Operand<TFloat32> y = norm.build(context.at("bn"), x);
      List<Operand<TFloat32>> sources = new ArrayList<>(List.of(x));
      store.trainable().forEach(variable -> sources.add(variable.read()));
      List<Operand<TFloat32>> fetched = new ArrayList<>(List.of(y));
      Operand<TFloat32> gradient = random(store, "gradient", y.shape());
      fetched.addAll(Gradients.of(y, sources, Optional.of(gradient)));
      context.movingAverages().stream().map(MovingAverage::batchValue).forEach(fetched::add);
      fetched.add(norm.build(BuildContext.of(store, Tower.serving()).at("bn"), x));
      try (Session session = new Session(graph)) {
        store.initialize(session);
        Session.Runner runner = session.runner();
        fetched.forEach(runner::fetch);
        try (var result = runner.run()) {
          List<float[]> arrays = new ArrayList<>();
          for (int i = 0; i < fetched.size(); i++) {
            float[] array = new float[(int) result.get(i).shape().size()];
            ((TFloat32) result.get(i)).asRawTensor().data().asFloats().read(array);
            arrays.add(array);
          }
          return arrays;
        }
      }
    }
  }

  private static Operand<TFloat32> random(VariableStore store, String name, Shape shape) {
    return store.create(name, VariableSpec.statistic(name, shape, new Uniform(-1, 2))).read();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 24})
  void channelsThatAreFilledUpChangeNoValue(int channels) {
    List<float[]> own = values(channels, ProductFormat.FLOAT32);
    List<float[]> filled = values(channels, ProductFormat.REWRITTEN);
    assertThat(filled).hasSameSizeAs(own);
    for (int i = 0; i < own.size(); i++) {
      assertThat(filled.get(i)).as("value " + i).hasSameSizeAs(own.get(i));
      for (int j = 0; j < own.get(i).length; j++) {
        assertThat(filled.get(i)[j]).isCloseTo(own.get(i)[j], within(1e-5f));
      }
    }
  }
}
