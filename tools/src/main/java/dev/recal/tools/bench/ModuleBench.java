package dev.recal.tools.bench;

import dev.recal.graphs.training.Precision;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.tools.bench.ModuleResult.Cost;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

  // Passes of microseconds need more repeats than requested; these are the limits.
  private static final double MIN_SECONDS = 0.06;
  private static final int MAX_REPEATS = 60;

  private final int warmUp;
  private final int repeats;

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
   * @param warmUp the number of warm-up repeats @param repeats the number of measured repeats;
   *     short passes get more
   */
  public ModuleBench(int warmUp, int repeats) {
    if (warmUp < 0 || repeats < 1) {
      throw new IllegalArgumentException(
          "repeats: expected at least 1 and a warm-up of at least 0, but got "
              + repeats
              + " and "
              + warmUp
              + ".");
    }
    this.warmUp = warmUp;
    this.repeats = repeats;
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
    double[] forward = medians(BlockBench::forward, block, plain);
    double[] step = medians(BlockBench::step, block, plain);
    return new Cost[] {
      new Cost(forward[0], step[0], block.forwardBytes(), block.stepBytes()),
      new Cost(forward[1], step[1], plain.forwardBytes(), plain.stepBytes())
    };
  }

  private double[] medians(ToDoubleFunction<BlockBench> turn, BlockBench block, BlockBench plain) {
    List<Double> blockTimes = new ArrayList<>();
    List<Double> plainTimes = new ArrayList<>();
    for (int i = 0; i < warmUp; i++) {
      turn.applyAsDouble(block);
      turn.applyAsDouble(plain);
    }
    double spent = 0;
    while (blockTimes.size() < repeats || spent < MIN_SECONDS && blockTimes.size() < MAX_REPEATS) {
      blockTimes.add(turn.applyAsDouble(block));
      plainTimes.add(turn.applyAsDouble(plain));
      spent += blockTimes.get(blockTimes.size() - 1) + plainTimes.get(plainTimes.size() - 1);
    }
    return new double[] {Medians.of(blockTimes), Medians.of(plainTimes)};
  }
}
