package dev.recal.tools.bench;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Takes the times of several subjects in alternation, so that drifts of the machine's speed affect
 * all of them.
 *
 * <p>In its turn a subject is called several times in a row. The first call finds the caches and
 * the memory of the subject before it, which a program with one model never does: it is not
 * counted.
 *
 * @param warmUp rounds that are not counted
 * @param repeats rounds that are counted
 * @param turnSeconds the least time of a turn's counted calls
 */
record Alternation(int warmUp, int repeats, double turnSeconds) {

  /** Of whole networks and models. */
  static final double LONG_TURN = 0.2;

  private static final int MIN_CALLS = 2;
  private static final int MAX_CALLS = 50;

  /** Rejects numbers that are too small. */
  Alternation {
    Arguments.atLeast(0, "warmUp", warmUp);
    Arguments.atLeast(1, "repeats", repeats);
    Arguments.require(turnSeconds >= 0, "turnSeconds", "at least 0", turnSeconds);
  }

  /**
   * Measures.
   *
   * @param subjects each makes one call and returns its seconds
   * @return the median seconds of a call of each
   */
  List<Double> medians(List<? extends DoubleSupplier> subjects) {
    List<List<Double>> seconds = new ArrayList<>();
    subjects.forEach(subject -> seconds.add(new ArrayList<>()));
    for (int round = -warmUp; round < repeats; round++) {
      for (int i = 0; i < subjects.size(); i++) {
        List<Double> turn = turn(subjects.get(i));
        if (round >= 0) {
          seconds.get(i).addAll(turn);
        }
      }
    }
    return seconds.stream().map(Medians::of).toList();
  }

  /** Takes one turn of a subject; returns the seconds of its counted calls. */
  List<Double> turn(DoubleSupplier subject) {
    subject.getAsDouble();
    List<Double> calls = new ArrayList<>();
    double spent = 0;
    while (calls.size() < MIN_CALLS || spent < turnSeconds && calls.size() < MAX_CALLS) {
      double seconds = subject.getAsDouble();
      calls.add(seconds);
      spent += seconds;
    }
    return calls;
  }
}
