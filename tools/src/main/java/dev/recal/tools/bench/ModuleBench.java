package dev.recal.tools.bench;

import dev.recal.graphs.training.Precision;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.tools.bench.ModuleResult.Cost;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;

/**
 * Benchmarks forward and backward passes of single modules inside a block, in alternation with the
 * plain block, so that drifts of the machine's speed affect both. Only two blocks are in memory at
 * a time.
 */
public final class ModuleBench {

  // Passes of microseconds are repeated that long.
  private static final double TURN_SECONDS = 0.015;

  private final Alternation turns;

  /** Receives the progress of a measurement. */
  public interface Listener {
    /** A module was measured at one stage, batch and precision. */
    void measured(ModuleResult result);

    /** A module could not be built or run. */
    void skipped(ModuleSubject subject, BlockStage stage, String reason);
  }

  /**
   * A measurement.
   *
   * @param warmUp the number of warm-up rounds
   * @param repeats the number of measured rounds, of several passes in a row
   */
  public ModuleBench(int warmUp, int repeats) {
    this.turns = new Alternation(warmUp, repeats, TURN_SECONDS);
  }

  /** Measures modules at one stage. */
  public List<ModuleResult> run(
      List<ModuleSubject> subjects,
      BlockStage stage,
      int batch,
      Precision precision,
      Listener listener) {
    Map<ModulePlace, BlockBench> plain = new EnumMap<>(ModulePlace.class);
    List<ModuleResult> results = new ArrayList<>();
    try {
      for (ModuleSubject subject : subjects) {
        ModulePlace place = subject.place();
        BlockBench other =
            plain.computeIfAbsent(
                place, p -> bench(ModuleBlock.plain(p, stage), p, stage, batch, precision));
        try (BlockBench bench =
            bench(ModuleBlock.with(subject, stage), place, stage, batch, precision)) {
          Cost[] costs = costs(bench, other);
          ModuleResult result =
              new ModuleResult(subject, stage, batch, precision, costs[0], costs[1]);
          results.add(result);
          listener.measured(result);
        } catch (IllegalArgumentException
            | TensorFlowException
            | TFUnimplementedException refused) {
          listener.skipped(subject, stage, TensorFlowFailures.reason(refused) + ".");
        }
      }
    } finally {
      plain.values().forEach(BlockBench::close);
    }
    return results;
  }

  private static BlockBench bench(
      ModuleBlock block, ModulePlace place, BlockStage stage, int batch, Precision precision) {
    Map<String, Shape> inputs = block.inputs(stage, batch);
    return new BlockBench(block, inputs, place.channels(stage), precision);
  }

  private Cost[] costs(BlockBench block, BlockBench plain) {
    List<Double> forward = medians(BlockBench::forward, block, plain);
    List<Double> step = medians(BlockBench::step, block, plain);
    return new Cost[] {
      new Cost(forward.get(0), step.get(0), block.forwardBytes(), block.stepBytes()),
      new Cost(forward.get(1), step.get(1), plain.forwardBytes(), plain.stepBytes())
    };
  }

  private List<Double> medians(
      ToDoubleFunction<BlockBench> call, BlockBench block, BlockBench plain) {
    return turns.medians(
        List.<DoubleSupplier>of(() -> call.applyAsDouble(block), () -> call.applyAsDouble(plain)));
  }
}
