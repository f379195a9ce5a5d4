package dev.recal.graphs.training;

import dev.recal.graphs.logs.TrainingLog;
import dev.recal.ops.Replicas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A part of a run with a separate graph, for example one scale of a pyramid. Most runs have one. A
 * stage is opened when the one before it is finished and closed.
 */
public interface TrainingStage {

  /** Returns the optimiser steps of this stage. */
  long steps();

  /**
   * Returns the relative cost of one step, for the time left of a run with several stages. Any unit
   * that all stages share, for example the multiply-adds of a step plus a constant for what every
   * step takes; positive and finite.
   */
  default double costOfStep() {
    return 1;
  }

  /** Returns a short name for people, for example "scale 3 of 9"; blank for "stage 3 of 9". */
  default String title() {
    return "";
  }

  /**
   * Builds the graph.
   *
   * @param previous the last checkpoint of the stage before; empty for the first stage
   * @param log for messages, reports of evaluations and pictures; not closed by the job
   * @param replicas the copies of the network that train together. A job gives them to its {@link
   *     dev.recal.ops.VariableStore}, takes its part of each batch, and reports metrics of all of
   *     them; one that cannot refuses more than one with {@link #requireSingle}
   * @throws IOException if data or the checkpoint cannot be read
   * @throws IllegalArgumentException if network, data and settings do not fit each other
   */
  TrainingJob open(Optional<Path> previous, TrainingLog log, Replicas replicas) throws IOException;

  /** Opens the job of a stage that needs no checkpoint of another one. */
  @FunctionalInterface
  interface JobOpening {

    /**
     * Builds the graph; see {@link TrainingStage#open}.
     *
     * @throws IOException if data cannot be read
     */
    TrainingJob open(TrainingLog log, Replicas replicas) throws IOException;
  }

  /**
   * Returns the stage of a run that has only one.
   *
   * @param steps of the run
   * @param opening opens its job
   */
  static TrainingStage only(long steps, JobOpening opening) {
    return new TrainingStage() {
      @Override
      public long steps() {
        return steps;
      }

      @Override
      public TrainingJob open(Optional<Path> previous, TrainingLog log, Replicas replicas)
          throws IOException {
        return opening.open(log, replicas);
      }
    };
  }

  /**
   * Refuses several replicas.
   *
   * @param reason why, as a sentence
   */
  static void requireSingle(Replicas replicas, String reason) {
    if (!replicas.isSingle()) {
      throw new IllegalArgumentException(
          "number of workers: expected 1, but got " + replicas.size() + ". " + reason);
    }
  }
}
