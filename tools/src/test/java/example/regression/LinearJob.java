package example.regression;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.pipeline.Share;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.graphs.training.DataIdentity;
import dev.recal.graphs.training.JobGraph;
import dev.recal.graphs.training.OpenedResources;
import dev.recal.graphs.training.Pace;
import dev.recal.graphs.training.Position;
import dev.recal.graphs.training.Review;
import dev.recal.graphs.training.StepCounters;
import dev.recal.graphs.training.StepMetrics;
import dev.recal.graphs.training.TrainingJob;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Trains a linear regression: a batch, a squared error, an optimiser step. */
final class LinearJob implements TrainingJob {

  private final LinearRecipe recipe;
  private final DataSet data;
  private final TrainingLog log;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final InputPipeline input;
  private final InputPipeline heldOut;
  private final Operand<TFloat32> loss;
  private final Operand<TFloat32> heldOutLoss;
  private final Operand<TFloat32> rate;
  private final Op apply;
  private final JobGraph job;

  LinearJob(
      LinearRecipe recipe, DataSet data, DataSet evaluation, TrainingLog log, Replicas replicas)
      throws IOException {
    this.recipe = recipe;
    this.data = data;
    this.log = log;
    try {
      long seed = recipe.session().seed();
      this.graph = resources.add(new Graph());
      PipelineSettings whole = PipelineSettings.featureTraining(recipe.batch(), seed);
      this.input = input("input", data, whole.withShare(Share.of(replicas)));
      this.heldOut =
          input("held_out", evaluation, PipelineSettings.featureEvaluation(evaluation.count()));

      Ops tf = GraphScope.ops(graph);
      VariableStore store = new VariableStore(graph, seed, replicas);
      StepCounters counters = StepCounters.of(store);
      Operand<TInt64> step = counters.step().read();
      Operand<TFloat32> ownLoss = loss(BuildContext.of(store, Tower.training()), input);
      this.loss = replicas.mean(tf, ownLoss);
      this.heldOutLoss = loss(BuildContext.of(store, Tower.inference()), heldOut);
      this.rate = recipe.updates().learningRate().rate(tf, step, stepsPerEpoch(), epochs());

      List<Variable<TFloat32>> variables = store.trainable();
      WeightUpdates updates =
          WeightUpdates.of(
              new WeightUpdates.Setup(tf, store, recipe.updates(), step, rate, Optional.empty()),
              variables,
              Gradients.of(ownLoss, variables.stream().map(Variable::read).toList()));
      this.apply = counters.completing(tf, updates.changes());
      this.job = JobGraph.of(store);
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private InputPipeline input(String scope, DataSet examples, PipelineSettings settings)
      throws IOException {
    return resources.add(
        InputPipeline.build(GraphScope.ops(graph).withSubScope(scope), examples, settings));
  }

  private Operand<TFloat32> loss(BuildContext context, InputPipeline examples) {
    Ops tf = context.tf();
    Operand<TFloat32> y = examples.targets(TargetBatch.Numbers.class).values();
    Operand<TFloat32> found = LinearModel.build(context, examples.features(), recipe.features());
    return tf.math.mean(tf.math.squaredDifference(found, y), tf.constant(new int[] {0, 1}));
  }

  private long stepsPerEpoch() {
    return recipe.examples() / recipe.batch();
  }

  private double epochs() {
    return (double) recipe.steps() / stepsPerEpoch();
  }

  @Override
  public JobGraph graph() {
    return job;
  }

  @Override
  public Pace pace() {
    return Pace.of(recipe.batch(), stepsPerEpoch());
  }

  @Override
  public DataIdentity data() {
    return new DataIdentity(data.name(), data.digest());
  }

  @Override
  public void start(Session session, long pass, long batch) {
    input.start(session, pass, batch);
  }

  @Override
  public StepMetrics step(Session session) {
    try (Result result = session.runner().fetch(loss).fetch(rate).addTarget(apply).run()) {
      return StepMetrics.of(
          ((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat());
    }
  }

  @Override
  public Review review(Session session, Position position) {
    heldOut.start(session, 0, 0);
    try (Result result = session.runner().fetch(heldOutLoss).run()) {
      double error = ((TFloat32) result.get(0)).getFloat();
      TreeMap<String, Double> metrics = new TreeMap<>(Map.of("mean_squared_error", error));
      log.evaluated(
          new EvaluationReport(position.step(), heldOut.imagesPerEpoch(), error, 0, metrics));
      return Review.of(-error, metrics);
    }
  }

  @Override
  public void close() {
    resources.close();
  }
}
