package dev.recal.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.training.Precision;
import dev.recal.ops.Layer;
import dev.recal.ops.registry.LayerRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ModuleBenchTest {

  private static final BlockStage TINY = new BlockStage(1, 9, 32);

  private final List<ModuleFigure> heard = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  private final ModuleBench.Listener listener =
      new ModuleBench.Listener() {
        @Override
        public void measured(ModuleFigure figure) {
          heard.add(figure);
        }

        @Override
        public void leftOut(ModuleSubject subject, BlockStage stage, String reason) {
          leftOut.add(subject.name() + ": " + reason);
        }
      };

  @Test
  void everyRegisteredModuleIsMeasuredInItsPlace() {
    List<ModuleSubject> all = ModuleSubject.all(leftOut::add);
    TreeSet<String> registered = new TreeSet<>(LayerRegistry.layers().keySet());
    registered.addAll(LayerRegistry.skipLayers().keySet());
    assertThat(all.stream().map(ModuleSubject::name))
        .doesNotHaveDuplicates()
        .containsAll(registered);

    List<ModuleFigure> figures =
        new ModuleBench(0, 1).run(all, TINY, 2, Precision.FLOAT32, listener);
    assertThat(leftOut).isEmpty();
    assertThat(heard).isEqualTo(figures);
    assertThat(figures.stream().map(ModuleFigure::subject)).isEqualTo(all);
    for (ModuleFigure figure : figures) {
      int map = 4 * 2 * 9 * 9 * figure.subject().place().channels(TINY);
      assertThat(figure.forwardRatio()).as(figure.toString()).isPositive();
      assertThat(figure.stepRatio()).isPositive();
      assertThat(figure.plain().forwardBytes()).isGreaterThanOrEqualTo(map);
      assertThat(figure.plain().stepBytes()).isGreaterThan(2L * map);
      assertThat(figure.block().stepBytes()).isGreaterThan(2L * map);
    }
  }

  @Test
  void aModuleThatDoesNotFitIsLeftOutAndTheOthersAreMeasured() {
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
    assertThat(heard).singleElement().extracting(f -> f.subject().name()).isEqualTo("keeps");
    assertThat(leftOut).hasSize(2);
    assertThat(leftOut.get(0)).isEqualTo("refuses: x: refused.");
    assertThat(leftOut.get(1)).contains("[1, 9, 9, 128]", "[1, 9, 9, 256]");
  }

  @Test
  void countsBelowTheirLeastAreRefused() {
    assertThatThrownBy(() -> new ModuleBench(0, 0)).hasMessageStartingWith("repeats: ");
    assertThatThrownBy(() -> new BlockStage(1, 0, 4)).hasMessageStartingWith("stage: ");
  }
}
