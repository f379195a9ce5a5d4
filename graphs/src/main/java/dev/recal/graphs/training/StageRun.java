package dev.recal.graphs.training;

import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.logs.RunInfo;
import dev.recal.graphs.logs.StageInfo;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.training.RunCheckpoints.OtherRunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TBool;

/** One stage of a run while it is open: its job, its session and the steps. */
final class StageRun implements AutoCloseable {

  /**
   * What the stages of a run share in one process.
   *
   * @param told the messages before the first step of a stage so far
   * @param progress over all stages
   */
  record Shared(TrainingPlan plan, TrainingLog log, Set<String> told, Progress progress) {

    Shared(TrainingPlan plan, TrainingLog log) {
      this(plan, log, new HashSet<>(), new Progress(plan.steps()));
    }

    /** Logs a message that most stages have in common only once. */
    void tell(String message) {
      if (told.add(message)) {
        log.message(message);
      }
    }
  }

  private final Shared shared;
  private final TrainingPlan plan;
  private final TrainingLog log;
  private final TrainingJob job;
  private final Session session;
  private final RunCheckpoints checkpoints;
  private final Divergence divergence;
  private final Workers workers;
  private final Agreement agreement;
  private final String common;
  private final int stage;
  private final StageInfo info;
  private final long firstStep;
  private final long end;
  private Optional<Review> review = Optional.empty();

  /**
   * Builds the graph and opens a session.
   *
   * @param options further files of checkpoints, and what stops the loop
   * @param stage which one, from 0
   * @param previous the last checkpoint of the stage before
   */
  StageRun(Shared shared, LoopOptions options, int stage, Optional<Path> previous)
      throws IOException {
    this.workers = options.workers();
    this.agreement = new Agreement(workers, options.signal());
    this.common = options.common();
    this.shared = shared;
    this.plan = shared.plan();
    this.log = shared.log();
    this.stage = stage;
    this.info = plan.info(stage);
    this.firstStep = info.firstStep();
    this.end = firstStep + plan.stages().get(stage).steps();
    this.job = plan.stages().get(stage).open(previous, log, workers.replicas(stage));
    try {
      this.session = workers.open(job.graph().graph(), plan.session().config());
    } catch (RuntimeException | Error failure) {
      job.close();
      throw failure;
    }
    this.checkpoints =
        new RunCheckpoints(
            plan.checkpoints(),
            job.data(),
            plan.session().seed(),
            session,
            job.graph(),
            options.files());
    this.divergence = new Divergence(checkpoints, job.remedies());
  }

  int stage() {
    return stage;
  }

  /** Returns the step at which the stage ends. */
  long end() {
    return end;
  }

  /** Initialises the variables; the first stage also writes the first checkpoint. */
  Position initialise() throws IOException {
    job.graph().store().initialize(session);
    Position start = Position.start(stage, firstStep);
    workers.byChief(
        () -> {
          job.initialise(session, log);
          if (stage == 0) {
            // Of a later stage it would replace the last one of the stage before, which it follows
            // from.
            checkpoints.write(start, Optional.empty());
          }
        });
    shareVariables();
    return start;
  }

  /**
   * Gives all workers the chief's variables.
   *
   * @throws IllegalArgumentException if a worker has other data or settings
   */
  void shareVariables() {
    if (workers.isSingle()) {
      return;
    }
    agreement.requireSame("training data", job.data().digest());
    agreement.requireSame("settings", common);
    run(() -> session.runner().addTarget(job.graph().fromFirst()).run().close());
  }

  // A session's failure may be another worker's.
  private void run(Workers.Work work) {
    try {
      work.run();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } catch (RuntimeException failure) {
      throw workers.explained(failure);
    }
  }

  /** Restores a checkpoint of this stage. */
  Position restore(Path checkpoint, CheckpointState state) throws CheckpointException {
    requireSameSteps(checkpoint, state);
    checkpoints.restore(checkpoint, state);
    return state.position();
  }

  // Of several stages the first step depends on the lengths of those before.
  private void requireSameSteps(Path checkpoint, CheckpointState state) throws OtherRunException {
    Pace pace = job.pace();
    long steps = state.epoch() * pace.stepsPerPass() + state.batch() / pace.runs();
    if (plan.stages().size() > 1 && firstStep + steps != state.step()) {
      throw new OtherRunException(
          "The checkpoint "
              + checkpoint
              + " is of step "
              + state.step()
              + ", which is not step "
              + steps
              + " of stage "
              + (stage + 1)
              + " with the recipe's number of steps; when a run is resumed in a later stage, the"
              + " number of steps cannot change.");
    }
  }

  /**
   * Trains to the end of the stage, or until its score gets no better.
   *
   * @return its last position
   */
  Position train(Position start) throws IOException {
    Pace pace = job.pace();
    Progress progress = begin(start);
    Position position = start;
    job.start(session, position.epoch(), position.batch());
    agreement.start(position.step());
    long written = System.nanoTime();
    while (position.step() < end && !position.isPatienceExhausted(plan.patience())) {
      progress.resume();
      position = step(position, progress);
      progress.pause();
      boolean passDone = position.batch() >= pace.stepsPerPass() * pace.runs();
      if (passDone) {
        position = position.nextEpoch();
      }
      Optional<Long> done = passDone ? Optional.of(position.epoch()) : Optional.empty();
      boolean last = position.step() == end;
      Agreement.Moment moment = agreement.after(position.step(), System.nanoTime() - written);
      long since = moment.nanos();
      boolean stops = moment.stops() && !last;
      boolean reviews =
          last || !stops && plan.intervals().reviews().due(stepInStage(position), done, since);
      boolean writes =
          last || stops || plan.intervals().checkpoints().due(stepInStage(position), done, since);
      if (reviews || writes) {
        divergence.requireFinite(position, finite());
        position = kept(position, reviews, writes);
        last = last || position.isPatienceExhausted(plan.patience());
        if (writes || reviews && isWorthKeeping(position)) {
          written = System.nanoTime();
        }
      }
      if (stops) {
        confirm();
        throw new TrainingStoppedException(position.step());
      }
      if (passDone && !last) {
        job.start(session, position.epoch(), position.batch());
      }
    }
    confirm();
    if (position.step() < end) {
      reportEarlyEnd(position);
    }
    return position;
  }

  // Whether all variables are, in all workers.
  private boolean finite() {
    boolean[] own = new boolean[1];
    run(
        () -> {
          try (Result result = session.runner().fetch(job.graph().finite()).run()) {
            own[0] = ((TBool) result.get(0)).getBoolean();
          }
        });
    return !agreement.any(!own[0]);
  }

  // Reviews and writes, by the chief; returns the position with the review's score.
  private Position kept(Position position, boolean reviews, boolean writes) throws IOException {
    Position[] after = {position};
    workers.byChief(
        () -> {
          checkpoints.requireExists();
          job.updateDerived(session);
          if (reviews) {
            after[0] = reviewed(position);
          }
          if (writes || reviews && isWorthKeeping(after[0])) {
            write(after[0], reviews);
          }
        });
    return agreement.ofChief(after[0]);
  }

  // After a review: what early stopping will call the best is there at the end.
  private boolean isWorthKeeping(Position reviewed) {
    return reviewed.best().filter(best -> best.reviewsSince() == 0).isPresent()
        || reviewed.isPatienceExhausted(plan.patience());
  }

  private void confirm() throws IOException {
    if (workers.isChief()) {
      checkpoints.confirm();
    }
  }

  private Progress begin(Position start) {
    Pace pace = job.pace();
    log.started(
        new RunInfo(
            plan.name(),
            start.step(),
            Math.max(start.step(), end),
            pace.stepsPerEpoch(),
            pace.batch(),
            job.settings(),
            info));
    job.startupMessages().forEach(shared::tell);
    new UnreachedIntervals(plan, end - firstStep, pace).notice().ifPresent(shared::tell);
    Progress progress = shared.progress();
    progress.begin(pace.batch());
    return progress;
  }

  // Intervals count the steps of the current stage.
  private long stepInStage(Position position) {
    return position.step() - firstStep;
  }

  private Position step(Position position, Progress progress) throws IOException {
    Pace pace = job.pace();
    StepMetrics metrics = stepOf();
    Position after = position.afterStep(pace.runs(), metrics.loss());
    progress.stepped();
    if (progress.reports(after.step())) {
      log.step(
          new StepReport(
              after.step(),
              1 + (stepInStage(after) - 1) / pace.stepsPerEpoch(),
              pace.stepsPerEpoch(),
              end,
              metrics.loss(),
              metrics.accuracy(),
              metrics.learningRate(),
              progress.imagesPerSecond(),
              progress.seconds(),
              metrics.extras()));
    }
    Optional<String> reason = job.divergence(after, metrics);
    if (reason.isPresent()) {
      throw divergence.found(after, reason.get(), workers.isChief() && stepInStage(after) > 1);
    }
    confirm();
    return after;
  }

  private StepMetrics stepOf() throws IOException {
    try {
      StepMetrics metrics = job.step(session);
      workers.stepped();
      return metrics;
    } catch (RuntimeException failure) {
      throw workers.explained(failure);
    }
  }

  private Position reviewed(Position position) throws IOException {
    Review found = job.review(session, position);
    review = Optional.of(found);
    return plan.patience().isPresent()
        ? position.reviewed(found.score(), plan.minDelta())
        : position;
  }

  private void write(Position position, boolean reviewed) throws IOException {
    Optional<Double> score = Optional.empty();
    if (reviewed && review.orElseThrow().score().isPresent()) {
      score = Optional.of(review.get().score().getAsDouble()).filter(Double::isFinite);
    }
    checkpoints.write(position, score);
  }

  private void reportEarlyEnd(Position position) {
    Position.BestScore best = position.best().orElseThrow();
    log.message(
        "Stopped early at step "
            + stepInStage(position)
            + " of "
            + (end - firstStep)
            + (info.isOnly() ? "" : " of " + info.title())
            + ": "
            + best.reviewsSince()
            + " reviews in a row had no better score than "
            + best.score()
            + (plan.minDelta() > 0 ? " by more than " + plan.minDelta() : "")
            + ".");
  }

  /**
   * Returns the last review; of weights that were restored and not trained any further, a new one,
   * of the variables exactly as they were stored.
   */
  Review lastReview(Position position) throws IOException {
    if (review.isEmpty()) {
      review = Optional.of(job.review(session, position));
    }
    return review.get();
  }

  /** Returns the rate of this process, without reviews and checkpoints. */
  double stepsPerSecond() {
    return shared.progress().stepsPerSecond();
  }

  @Override
  public void close() {
    try {
      session.close();
    } finally {
      job.close();
    }
  }
}
