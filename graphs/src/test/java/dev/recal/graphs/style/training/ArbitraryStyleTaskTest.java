package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.features.RandomLossNetwork;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.style.ArbitraryStyle;
import dev.recal.graphs.style.loss.FeatureMoments;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Runs of tiny networks for arbitrary styles on textures. */
class ArbitraryStyleTaskTest {

  private static final String TINY =
      """
      {'task': 'arbitrary-style', 'name': 'tiny',
       'network': {'map': 'relu2_2', 'levels': [
         {'channels': [4]}, {'channels': [4, 4]}, {'channels': [3]}]},
       'data': {'training': {'type': 'textures', 'perClass': 1, 'size': 32},
         'evaluation': {'type': 'textures', 'split': 'test', 'perClass': 1, 'size': 32},
         'size': 24, 'augmentation': 'none'},
       'styles': {'type': 'textures', 'split': 'test', 'perClass': 1, 'size': 40, 'seed': 3},
       'loss': {'maps': ['relu1_2', 'relu2_2']},
       'training': {'batch': 2, 'steps': 4, 'threads': 1,
         'intervals': {'checkpoint': 1, 'keep': 9, 'review': 2, 'measured': 4}}}
      """;

  @TempDir private Path directory;

  @Test
  void mapsGetTheMomentsOfTheStyle() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> map =
          tf.reshape(
              tf.constant(new float[] {1, 10, 3, 30, 5, 50, 7, 70}),
              tf.constant(new int[] {1, 2, 2, 2}));
      Operand<TFloat32> style =
          tf.reshape(tf.constant(new float[] {0, -4, 8, 4}), tf.constant(new int[] {1, 1, 2, 2}));
      Operand<TFloat32> given = FeatureMoments.of(tf, style).applyTo(tf, map);
      FeatureMoments moments = FeatureMoments.of(tf, given);
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(moments.mean()).fetch(moments.deviation()).run()) {
        TFloat32 means = (TFloat32) result.get(0);
        TFloat32 deviations = (TFloat32) result.get(1);
        assertThat(means.getFloat(0, 0, 0, 0)).isCloseTo(4, within(1e-4f));
        assertThat(means.getFloat(0, 0, 0, 1)).isCloseTo(0, within(1e-4f));
        assertThat(deviations.getFloat(0, 0, 0, 1)).isCloseTo(4, within(1e-4f));
      }
    }
  }

  @Test
  void resultsHaveTheSizeOfTheirContents() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      VariableStore store = new VariableStore(graph, 1);
      var any = Placeholder.shape(Shape.of(-1, -1, -1, 3));
      Operand<TFloat32> content = tf.placeholder(TFloat32.class, any);
      Operand<TFloat32> style = tf.placeholder(TFloat32.class, any);
      ArbitraryStyle network = ArbitraryStyle.defaults();
      Operand<TFloat32> images =
          network
              .build(
                  BuildContext.of(store, Tower.serving()),
                  new RandomLossNetwork(1),
                  content,
                  style,
                  tf.constant(1f))
              .images();
      try (Session session = new Session(graph);
          TFloat32 look = TFloat32.tensorOf(Shape.of(1, 20, 31, 3))) {
        store.initialize(session);
        for (int[] size : new int[][] {{9, 9}, {37, 42}, {40, 48}}) {
          try (TFloat32 fed = TFloat32.tensorOf(Shape.of(1, size[0], size[1], 3));
              Result result =
                  session.runner().feed(content, fed).feed(style, look).fetch(images).run()) {
            assertThat(result.get(0).shape()).isEqualTo(fed.shape());
          }
        }
      }
    }
  }

  @Test
  void brokenRunResumesBitIdentically() throws IOException {
    Path whole = directory.resolve("whole");
    Path broken = directory.resolve("broken");
    train(whole, recipe());
    train(broken, recipe("training.steps=3"));
    train(broken, recipe());

    assertThat(variables(broken, 4)).isEqualTo(variables(whole, 4));
    assertThat(variables(whole, 4)).isNotEqualTo(variables(whole, 3));
    assertThat(whole.resolve("stylized/step-000000004.png")).exists();
  }

  @Test
  void runsAreExported() throws IOException {
    Path run = directory.resolve("run");
    try (PreparedArbitraryStyle prepared =
        PreparedArbitraryStyle.open(recipe("training.steps=1"), true)) {
      RunDirectory.create(run, prepared).train(prepared, new TrainingLog.Silent());
    }
    RunDirectory<ArbitraryStyleRecipe> opened = RunDirectory.open(run, ArbitraryStyleRecipe.class);
    try (Graph graph = new Graph()) {
      ServableModel model = new ArbitraryStyleTask().servable(graph, opened, false);
      assertThat(model.servable().signatures())
          .extracting(ServableSignature::key)
          .containsExactly("serving_default", "stylize_as");
    }
  }

  private static ArbitraryStyleRecipe recipe(String... overrides) {
    return RecipeJson.read(
        TINY.replace('\'', '"'), Arrays.asList(overrides), ArbitraryStyleRecipe.class);
  }

  private static void train(Path run, ArbitraryStyleRecipe recipe) throws IOException {
    try (PreparedArbitraryStyle prepared = PreparedArbitraryStyle.open(recipe, true)) {
      new TrainingLoop(prepared.plan(run), new TrainingLog.Silent()).resume();
    }
  }

  private static byte[] variables(Path run, long step) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-%09d/variables.data-00000-of-00001".formatted(step)));
  }
}
