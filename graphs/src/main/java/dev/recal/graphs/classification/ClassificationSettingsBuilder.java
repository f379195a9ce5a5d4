package dev.recal.graphs.classification;

import dev.recal.graphs.objective.Loss;
import dev.recal.graphs.objective.Metric;
import dev.recal.graphs.objective.NumberScales;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.optimisation.Optimiser;
import dev.recal.graphs.optimisation.Transfer;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.optimisation.WeightDecay;
import dev.recal.graphs.training.CheckpointSettings;
import dev.recal.graphs.training.SessionSettings;
import java.util.List;
import java.util.Optional;

/**
 * Changes single settings of a training; {@link ClassificationSettings#with} starts one. A setting
 * whose method is not called stays as it is: absent, if it was.
 */
public final class ClassificationSettingsBuilder {

  private int batch;
  private double epochs;
  private Optional<Long> steps;
  private UpdateSettings updates;
  private Loss loss;
  private List<Metric> metrics;
  private Optional<NumberScales> scales;
  private double labelSmoothing;
  private Optional<Double> mixup;
  private Optional<Double> cutmix;
  private Optional<ClassWeights> classWeights;
  private Transfer transfer;
  private int evaluateEvery;
  private double divergence;
  private CheckpointSettings checkpoints;
  private Optional<Integer> patience;
  private double minDelta;
  private SessionSettings session;

  ClassificationSettingsBuilder(ClassificationSettings start) {
    batch = start.batch();
    epochs = start.epochs();
    steps = start.steps();
    updates = start.updates();
    loss = start.loss();
    metrics = start.metrics();
    scales = start.scales();
    labelSmoothing = start.labelSmoothing();
    mixup = start.mixup();
    cutmix = start.cutmix();
    classWeights = start.classWeights();
    transfer = start.transfer();
    evaluateEvery = start.evaluateEvery();
    divergence = start.divergence();
    checkpoints = start.checkpoints();
    patience = start.patience();
    minDelta = start.minDelta();
    session = start.session();
  }

  /**
   * Builds the settings.
   *
   * @throws IllegalArgumentException if they contradict each other, or are out of range
   */
  public ClassificationSettings build() {
    return new ClassificationSettings(
        batch,
        epochs,
        steps,
        updates,
        loss,
        metrics,
        scales,
        labelSmoothing,
        mixup,
        cutmix,
        classWeights,
        transfer,
        evaluateEvery,
        divergence,
        checkpoints,
        patience,
        minDelta,
        session);
  }

  /** Sets the images per optimiser step. */
  public ClassificationSettingsBuilder batch(int images) {
    batch = images;
    return this;
  }

  /** Sets the passes over the training images, instead of steps. */
  public ClassificationSettingsBuilder epochs(double passes) {
    epochs = passes;
    steps = Optional.empty();
    return this;
  }

  /** Sets the optimiser steps in all, instead of epochs. */
  public ClassificationSettingsBuilder steps(long count) {
    steps = Optional.of(count);
    return this;
  }

  /** Sets how gradients change weights, all of it. */
  public ClassificationSettingsBuilder updates(UpdateSettings settings) {
    updates = settings;
    return this;
  }

  /** Sets the optimiser. */
  public ClassificationSettingsBuilder optimiser(Optimiser optimiser) {
    return updates(updates.with(optimiser));
  }

  /** Sets warm-up, base and schedule of the learning rate. */
  public ClassificationSettingsBuilder learningRate(LearningRate rate) {
    return updates(updates.with(rate));
  }

  /** Sets how weights are pulled to zero. */
  public ClassificationSettingsBuilder weightDecay(WeightDecay decay) {
    return updates(updates.with(decay));
  }

  /** Sets what training minimises. */
  public ClassificationSettingsBuilder loss(Loss minimised) {
    loss = minimised;
    return this;
  }

  /** Sets what evaluations measure besides the usual metrics. */
  public ClassificationSettingsBuilder metrics(Metric... measured) {
    metrics = List.of(measured);
    return this;
  }

  /** Sets how numbers are standardised for the loss. */
  public ClassificationSettingsBuilder scales(NumberScales numbers) {
    scales = Optional.of(numbers);
    return this;
  }

  /** Sets the share of each target spread over all classes. */
  public ClassificationSettingsBuilder labelSmoothing(double share) {
    labelSmoothing = share;
    return this;
  }

  /** Sets the α of mixup. */
  public ClassificationSettingsBuilder mixup(double alpha) {
    mixup = Optional.of(alpha);
    return this;
  }

  /** Sets the α of CutMix. */
  public ClassificationSettingsBuilder cutmix(double alpha) {
    cutmix = Optional.of(alpha);
    return this;
  }

  /** Sets by how much the loss of a class counts. */
  public ClassificationSettingsBuilder classWeights(ClassWeights weights) {
    classWeights = Optional.of(weights);
    return this;
  }

  /** Sets what is frozen, and what learns at another rate. */
  public ClassificationSettingsBuilder transfer(Transfer settings) {
    transfer = settings;
    return this;
  }

  /** Sets the epochs between two evaluations. */
  public ClassificationSettingsBuilder evaluateEvery(int passes) {
    evaluateEvery = passes;
    return this;
  }

  /** Sets the multiple of the first loss at which training stops. */
  public ClassificationSettingsBuilder divergence(double multiple) {
    divergence = multiple;
    return this;
  }

  /** Sets when checkpoints are written. */
  public ClassificationSettingsBuilder checkpoints(CheckpointSettings settings) {
    checkpoints = settings;
    return this;
  }

  /** Sets after how many evaluations in a row without a better score training stops. */
  public ClassificationSettingsBuilder patience(int evaluations) {
    patience = Optional.of(evaluations);
    return this;
  }

  /** Sets by how much a score must exceed the best one to be better. */
  public ClassificationSettingsBuilder minDelta(double difference) {
    minDelta = difference;
    return this;
  }

  /** Sets precision, threads and seed. */
  public ClassificationSettingsBuilder session(SessionSettings settings) {
    session = settings;
    return this;
  }
}
