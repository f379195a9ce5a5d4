package example;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationSettings;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.classification.DataRecipe;
import dev.recal.graphs.classification.PreparedClassification;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.DataSourceProvider;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.targets.ClassTargets;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.network.NetworkProvider;
import dev.recal.graphs.network.Stage;
import dev.recal.graphs.objective.Loss;
import dev.recal.graphs.objective.Metric;
import dev.recal.graphs.objective.ObjectiveProvider;
import dev.recal.graphs.optimisation.Adam;
import dev.recal.graphs.optimisation.CosineSchedule;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.models.export.RunExport;
import dev.recal.ops.BuildContext;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Blobs DIRECTORY: a network, data, a loss and a metric of its own, trained, evaluated, exported
 * and called.
 */
public final class Blobs {

  private static final int SIZE = 16;

  private Blobs() {}

  /**
   * Discs and squares, some of them with the label of the other shape.
   *
   * @param count how many images
   * @param wrong the share of wrong labels
   * @param seed of all randomness
   */
  public record BlobImages(int count, double wrong, long seed) implements DataSource {

    @Override
    public DataSet open(OpenSettings settings) throws IOException {
      Random random = new Random(seed);
      List<SampleImage> images = new ArrayList<>();
      List<Integer> labels = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        boolean disc = i % 2 == 0;
        images.add(SampleImage.pixels(SIZE, SIZE, pixels(disc, random)));
        labels.add(disc == random.nextDouble() >= wrong ? 0 : 1);
      }
      ClassTargets targets = ClassTargets.of(List.of("disc", "square"), labels);
      return DataSets.of("blobs", images, targets, settings);
    }

    static float[] pixels(boolean disc, Random random) {
      double radius = 3 + 3 * random.nextDouble();
      double row = radius + (SIZE - 2 * radius) * random.nextDouble();
      double column = radius + (SIZE - 2 * radius) * random.nextDouble();
      float[] rgb = new float[SIZE * SIZE * 3];
      for (int i = 0; i < rgb.length; i++) {
        double down = Math.abs(i / 3 / SIZE + 0.5 - row);
        double right = Math.abs(i / 3 % SIZE + 0.5 - column);
        double far = disc ? Math.hypot(down, right) : Math.max(down, right);
        rgb[i] = (far <= radius ? 0.7f : 0.1f) + 0.2f * random.nextFloat();
      }
      return rgb;
    }
  }

  /**
   * Two convolutions and a dense layer.
   *
   * @param channels of the convolutions
   * @param classes the number of classes
   */
  public record BlobNet(int channels, int classes) implements Network {

    /** Settings that recipes may omit. */
    public static BlobNet defaults() {
      return new BlobNet(16, 2);
    }

    @Override
    public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
      Operand<TFloat32> map = layer(context.at("first"), images, 1);
      map = layer(context.at("second"), map, 2);
      Operand<TFloat32> mean = GlobalAveragePool.mean(context.at("pool").tf(), map);
      Operand<TFloat32> logits = Dense.of(classes).build(context.at("head"), mean);
      return new NetworkOutput(logits, Map.of("second", new Stage(map, 2, channels)));
    }

    private Operand<TFloat32> layer(BuildContext context, Operand<TFloat32> x, int stride) {
      Operand<TFloat32> map = Conv2d.of(channels, 3).stride(stride).build(context.at("conv"), x);
      map = BatchNorm.defaults().build(context.at("bn"), map);
      return Activation.RELU.build(context.at("relu"), map);
    }

    @Override
    public Network withClasses(int count) {
      return new BlobNet(channels, count);
    }
  }

  /**
   * (1 − p<sup>q</sup>) / q of the probability p of the right class: wrong labels count less than
   * in the cross entropy, which is its limit for q = 0 (Zhang and Sabuncu 2018, arXiv 1805.07836).
   *
   * @param q above 0, at most 1
   */
  public record GeneralisedCrossEntropy(double q) implements Loss {

    /** Rejects exponents out of range. */
    public GeneralisedCrossEntropy {
      if (!(q > 0 && q <= 1)) {
        throw new IllegalArgumentException("q: expected above 0, at most 1, but got " + q + ".");
      }
    }

    /** The paper's 0.7. */
    public static GeneralisedCrossEntropy defaults() {
      return new GeneralisedCrossEntropy(0.7);
    }

    @Override
    public Operand<TFloat32> losses(
        BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
      Ops tf = context.tf();
      // p^q as exp(q·log p), which is exact for small p.
      Operand<TFloat32> logarithm =
          tf.sum(tf.math.mul(targets, tf.nn.logSoftmax(outputs)), tf.constant(1));
      Operand<TFloat32> power = tf.math.exp(tf.math.mul(logarithm, tf.constant((float) q)));
      return tf.math.div(tf.math.sub(tf.constant(1f), power), tf.constant((float) q));
    }
  }

  /** The squared distance of probabilities and targets (Brier 1950): less is better. */
  public record BrierScore() implements Metric {

    @Override
    public List<String> names() {
      return List.of("brier");
    }

    @Override
    public Operand<TFloat32> rows(
        BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
      Ops tf = context.tf();
      return tf.sum(tf.math.squaredDifference(tf.nn.softmax(outputs), targets), tf.constant(1));
    }
  }

  /** Their names in recipes. */
  public static final class Provider
      implements NetworkProvider, DataSourceProvider, ObjectiveProvider {

    @Override
    public String type() {
      return "blob-net";
    }

    @Override
    public Class<? extends Network> network() {
      return BlobNet.class;
    }

    @Override
    public Map<String, Class<? extends DataSource>> sources() {
      return Map.of("blobs", BlobImages.class);
    }

    @Override
    public Map<String, Class<? extends Loss>> losses() {
      return Map.of("generalised-cross-entropy", GeneralisedCrossEntropy.class);
    }

    @Override
    public Map<String, Class<? extends Metric>> metrics() {
      return Map.of("brier-score", BrierScore.class);
    }
  }

  private static ClassificationRecipe recipe() {
    DataRecipe data =
        DataRecipe.defaults()
            .with()
            .training(new BlobImages(1000, 0.3, 1))
            .evaluation(new BlobImages(200, 0, 2))
            .imageSize(SIZE)
            .build();
    ClassificationSettings training =
        ClassificationSettings.defaults()
            .with()
            .batch(50)
            .epochs(10)
            .evaluateEvery(5)
            .loss(new GeneralisedCrossEntropy(0.7))
            .metrics(new BrierScore())
            .optimiser(Adam.defaults())
            .learningRate(new LearningRate(0.01, CosineSchedule.defaults(), 0, 0))
            .build();
    return new ClassificationRecipe("blobs", BlobNet.defaults(), data, training);
  }

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    try (PreparedClassification training = new ClassificationTask().prepare(recipe(), true)) {
      RunDirectory<ClassificationRecipe> run =
          RunDirectory.create(directory.resolve("run"), training);
      TrainingOutcome outcome = run.train(training, ConsoleLogs.choose(System.out, false));
      run.task().evaluate(run, EvaluationRequest.defaults()).text().forEach(System.out::println);
      Path model = RunExport.write(run, outcome.checkpoint(), directory.resolve("model"));
      try (Predictor predictor = Predictor.open(model)) {
        float[] square = BlobImages.pixels(false, new Random(3));
        Map<String, TensorValue> answer =
            predictor.call(
                "serving_default", Map.of("images", TensorValue.of(square, 1, SIZE, SIZE, 3)));
        System.out.println("A square: " + answer.get("probabilities").floats()[1]);
      }
    }
  }
}
