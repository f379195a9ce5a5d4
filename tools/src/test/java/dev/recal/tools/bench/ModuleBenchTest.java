package dev.recal.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.graphs.training.Precision;
import dev.recal.ops.Layer;
import dev.recal.ops.registry.LayerRegistry;
import dev.recal.tools.doctor.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;

class ModuleBenchTest {

  private static final BlockStage TINY = new BlockStage(1, 9, 32);

  private final List<ModuleResult> received = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  private final ModuleBench.Listener listener =
      new ModuleBench.Listener() {
        @Override
        public void measured(ModuleResult result) {
          received.add(result);
        }

        @Override
        public void skipped(ModuleSubject subject, BlockStage stage, String reason) {
          skipped.add(subject.name() + ": " + reason);
        }
      };

  @Test
  void measuresEveryRegisteredModule() {
    List<ModuleSubject> all = ModuleSubject.all(skipped::add);
    TreeSet<String> registered = new TreeSet<>(LayerRegistry.layers().keySet());
    registered.addAll(LayerRegistry.skipLayers().keySet());
    assertThat(all.stream().map(ModuleSubject::name))
        .doesNotHaveDuplicates()
        .containsAll(registered);

    List<ModuleResult> results =
        new ModuleBench(0, 1).run(all, TINY, 2, Precision.FLOAT32, listener);
    assertThat(skipped).isEmpty();
    assertThat(received).isEqualTo(results);
    assertThat(results.stream().map(ModuleResult::subject)).isEqualTo(all);
    for (ModuleResult result : results) {
      int map = 4 * 2 * 9 * 9 * result.subject().place().channels(TINY);
      assertThat(result.forwardRatio()).as(result.toString()).isPositive();
      assertThat(result.stepRatio()).isPositive();
      assertThat(result.plain().forwardBytes()).isGreaterThanOrEqualTo(map);
      assertThat(result.plain().stepBytes()).isGreaterThan(2L * map);
      assertThat(result.block().stepBytes()).isGreaterThan(2L * map);
    }
  }

  @Test
  void incompatibleModuleIsSkippedAndOthersAreMeasured() {
    Layer refuses =
        (context, x) -> {
          throw new IllegalArgumentException("x: refused.");
        };
    Layer changes = (context, x) -> context.tf().concat(List.of(x, x), context.tf().constant(3));
    Layer keeps = (context, x) -> context.tf().math.neg(x);
    List<ModuleSubject> subjects =
        List.of(
            new ModuleSubject("refuses", refuses, ModulePlace.GATE),
            new ModuleSubject("changes", changes, ModulePlace.GATE),
            new ModuleSubject("keeps", keeps, ModulePlace.GATE));
    new ModuleBench(1, 1).run(subjects, TINY, 1, Precision.BFLOAT16, listener);
    assertThat(received).singleElement().extracting(f -> f.subject().name()).isEqualTo("keeps");
    assertThat(skipped).hasSize(2);
    assertThat(skipped.get(0)).isEqualTo("refuses: x: refused.");
    assertThat(skipped.get(1)).contains("[1, 9, 9, 128]", "[1, 9, 9, 256]");
  }

  /** Fetched gradients would be computed in float32. */
  @Test
  void filterGradientsHaveThePrecisionOfTheSession() {
    assertThat(typesOfFilterGradients(Precision.FLOAT32)).containsOnly(DataType.DT_FLOAT);
    // Elsewhere TensorFlow rewrites nothing.
    assumeThat(Processor.detect().multipliesBfloat16()).isTrue();
    assertThat(typesOfFilterGradients(Precision.BFLOAT16)).containsOnly(DataType.DT_BFLOAT16);
  }

  private static List<DataType> typesOfFilterGradients(Precision precision) {
    ModulePlace place = ModulePlace.GATE;
    ModuleBlock block = ModuleBlock.plain(place, TINY);
    List<DataType> types = new ArrayList<>();
    try (BlockBench bench =
        new BlockBench(block, block.inputs(TINY, 2), place.channels(TINY), precision)) {
      for (GraphDef graph : bench.stepMetadata().getPartitionGraphsList()) {
        graph.getNodeList().stream()
            .filter(node -> node.getOp().matches(".*(Conv2DBackpropFilter|MatMul).*"))
            .forEach(node -> types.add(node.getAttrOrThrow("T").getType()));
      }
    }
    return types;
  }

  @Test
  void rejectsCountsBelowTheMinimum() {
    assertThatThrownBy(() -> new ModuleBench(0, 0)).hasMessageStartingWith("repeats: ");
    assertThatThrownBy(() -> new BlockStage(1, 0, 4)).hasMessageStartingWith("stage: ");
  }
}
