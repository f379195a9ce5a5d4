package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Follows the guide to custom modules: its code compiles, its recipe trains. */
class ModulesGuideTest {

  private static final String GATE = "stage1/block0/recalibration";

  @TempDir private static Path directory;
  private static String guide;
  private static Path recipe;

  @BeforeAll
  static void read() throws IOException {
    guide = Files.readString(Path.of("../docs/modules.md"));
    recipe = Files.writeString(directory.resolve("gct.json"), block("json"));
  }

  private static String block(String language) {
    String open = "```" + language + "\n";
    int from = guide.indexOf(open) + open.length();
    return guide.substring(from, guide.indexOf("```\n", from));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GatedChannelTransformation", "ExampleLayers", "GatedChannelTransformationTest"})
  void theGuideShowsTheCodeAsItIs(String name) throws IOException {
    String code = Files.readString(Path.of("src/test/java/example", name + ".java"));
    assertThat(guide).contains("```java\n" + code + "```\n");
  }

  @Test
  void theGuideShowsHowTheProviderIsNamed() throws IOException {
    String file = "META-INF/services/dev.recal.ops.registry.LayerProvider";
    String named = Files.readString(Path.of("src/test/resources", file));
    assertThat(guide).contains(file).contains("```\n" + named + "```\n");
  }

  @Test
  void theModuleIsCountedAndMeasured() throws IOException {
    Path network = directory.resolve("network.json");
    Files.writeString(
        network,
        "{\"preset\": \"resnet20-cifar\", \"recalibration\": \"gated-channel-transformation\"}");
    CommandResult profile = CommandResult.of("profile", network, "--size", "32");
    assertThat(profile.exit()).as(profile.err()).isZero();
    assertThat(profile.out()).containsPattern("(?m)^" + GATE + " .* 48 +0$");
    String shown = profile.out().lines().filter(line -> line.startsWith(GATE)).findFirst().get();
    assertThat(guide).contains(shown);

    CommandResult bench =
        CommandResult.of(
            "bench",
            "modules",
            "--module=gated-channel-transformation",
            "--stage=4",
            "--batch=1",
            "--precision=float32",
            "--repeats=1",
            "--warm-up=0");
    assertThat(bench.exit()).as(bench.err()).isZero();
    assertThat(bench.out()).containsPattern("gated-channel-transformation +gate +\\d");
  }

  @Test
  void theRecipeTrainsAndItsExportAnswersAsTheCheckpointDoes() throws IOException {
    Path out = directory.resolve("run");
    Path model = directory.resolve("model");
    CommandResult train =
        CommandResult.of(
            "train",
            recipe,
            "--plain",
            "--out",
            out,
            "--export",
            model,
            "--set=training.steps=2",
            "--set=training.batch=10",
            "--set=data.training.perClass=4",
            "--set=data.evaluation.perClass=2",
            "--set=network.repeats=[1,1,1]");
    assertThat(train.exit()).as(train.err()).isZero();
    assertThat(CommandResult.of("verify", model).exit()).isZero();

    TensorValue images = images();
    RunDirectory<ClassificationRecipe> run = RunDirectory.open(out, ClassificationRecipe.class);
    Path checkpoint = run.checkpoint(Optional.empty());
    float[] expected = logits(run.recipe().network(), checkpoint, images);
    try (Predictor predictor = Predictor.open(model)) {
      Map<String, TensorValue> input = Map.of("images", images);
      assertThat(predictor.call("serving_default", input).get("logits").floats())
          .containsExactly(expected, within(1e-5f));
      TensorValue gates = predictor.call("recalibration", input).get(GATE + "/gate");
      assertThat(gates.shape()).isEqualTo(Shape.of(3, 16));
    }
  }

  private static TensorValue images() {
    float[] pixels = new float[3 * 32 * 32 * 3];
    Random random = new Random(7);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return TensorValue.of(pixels, 3, 32, 32, 3);
  }

  // The recipe's network in a separate graph, with the checkpoint's variables.
  private static float[] logits(Network network, Path checkpoint, TensorValue images) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      Placeholder<TFloat32> pixels =
          GraphScope.ops(graph)
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 32, 32, 3)));
      Operand<TFloat32> logits =
          network.build(BuildContext.of(store, Tower.inference()), pixels).logits();
      Saver saver = Saver.add(GraphScope.ops(graph), "checkpoint", store.all());
      try (Session session = new Session(graph);
          Tensor fed = Tensors.toTensor(images)) {
        saver.restore(session, CheckpointDirectory.variables(checkpoint));
        assertThat(moved(store, session, GATE + "/gamma")).isTrue();
        try (Result result = session.runner().feed(pixels, fed).fetch(logits).run()) {
          return Tensors.toValue(result.get(0)).floats();
        }
      }
    }
  }

  // Two steps have changed the variables that start at 0.
  private static boolean moved(VariableStore store, Session session, String name) {
    List<Variable<TFloat32>> named =
        store.trainable().stream().filter(variable -> variable.name().equals(name)).toList();
    for (float value : store.values(session, named.get(0))) {
      if (value == 0) {
        return false;
      }
    }
    return true;
  }
}
