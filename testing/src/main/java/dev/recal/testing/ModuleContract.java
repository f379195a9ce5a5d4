package dev.recal.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.registry.LayerProvider;
import dev.recal.ops.registry.LayerRegistry;
import dev.recal.ops.runtime.Graphs;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;

/**
 * The contract of every registered module, built-in or custom. A library of modules extends this
 * class in its tests, names its provider and gives a sample of each module.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class ModuleContract {

  /** Returns the provider whose modules are tested. */
  protected abstract LayerProvider provider();

  /** Returns one or more samples of each of its modules. */
  protected abstract List<ModuleSample> samples();

  @Test
  void everyModuleIsRegisteredAndHasASample() {
    assertThat(LayerRegistry.layers()).containsAllEntriesOf(provider().layers());
    assertThat(LayerRegistry.skipLayers()).containsAllEntriesOf(provider().skipLayers());
    Set<String> provided = new TreeSet<>(provider().layers().keySet());
    provided.addAll(provider().skipLayers().keySet());
    Set<String> sampled = new TreeSet<>();
    samples().forEach(sample -> sampled.add(sample.type()));
    assertThat(sampled).isEqualTo(provided);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void staticShapeIsTheRunTimeShape(ModuleSample sample) {
    for (Tower tower : List.of(Tower.training(), Tower.inference(), Tower.serving())) {
      try (ModuleTrial trial = new ModuleTrial(sample, tower)) {
        assertThat(trial.output().shape()).isEqualTo(trial.run(trial.output()).shape());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void parameterCountMatchesTheFormula(ModuleSample sample) {
    try (ModuleTrial trial = new ModuleTrial(sample, Tower.training())) {
      assertThat(trial.store().parameters()).isEqualTo(sample.parameters());
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void gradientsMatchFiniteDifferences(ModuleSample sample) {
    for (Tower tower : List.of(Tower.training(), Tower.inference())) {
      try (ModuleTrial trial = new ModuleTrial(sample, tower)) {
        trial.assertGradients();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void pythonGradientsMatch(ModuleSample sample) {
    try (ModuleTrial own = new ModuleTrial(sample, Tower.training());
        ModuleTrial exported = new ModuleTrial(sample, Tower.exportedTraining())) {
      assertThat(operations(exported.graph())).doesNotContain("IdentityN");
      List<TensorValue> expected = own.gradients();
      List<TensorValue> actual = exported.gradients();
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        float[] values = expected.get(i).floats();
        double scale = 0;
        for (float value : values) {
          scale = Math.max(scale, Math.abs(value));
        }
        assertThat(actual.get(i).floats())
            .containsExactly(values, within((float) (1e-4 * scale + 1e-6)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void onlyTrainingUpdatesStatistics(ModuleSample sample) {
    try (ModuleTrial training = new ModuleTrial(sample, Tower.training());
        ModuleTrial inference = new ModuleTrial(sample, Tower.inference())) {
      List<Op> none = inference.context().updates();
      assertThat(none).isEmpty();
      Set<String> statistics = new TreeSet<>();
      training.store().all().stream()
          .filter(variable -> !variable.trainable())
          .forEach(variable -> statistics.add(variable.name()));
      Set<String> updated = new TreeSet<>();
      training
          .context()
          .movingAverages()
          .forEach(average -> updated.add(average.variable().name()));
      assertThat(updated).isEqualTo(statistics);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void roundTripsThroughJson(ModuleSample sample) {
    JsonRecords json = LayerRegistry.json();
    Class<?> family = sample.module() instanceof Layer ? Layer.class : SkipLayer.class;
    JsonObject written = json.write(sample.module(), family).getAsJsonObject();
    assertThat(written.get("type").getAsString()).isEqualTo(sample.type());
    assertThat(json.read(JsonRecords.parse(written.toString()), family)).isEqualTo(sample.module());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void exportMatchesTheGraph(ModuleSample sample, @TempDir Path directory) throws IOException {
    try (ModuleTrial trial = new ModuleTrial(sample, Tower.serving())) {
      Map<String, Operand<?>> outputs = new LinkedHashMap<>();
      outputs.put("output", trial.output());
      outputs.putAll(trial.context().published());
      Servable servable =
          new Servable(
              trial.store(),
              List.of(new ServableSignature("serving_default", trial.placeholders(), outputs)),
              List.of());
      Path model =
          SavedModelWriter.plain().write(servable, trial.session(), directory.resolve("model"));
      float[] expected = trial.run(trial.output()).floats();
      try (Predictor predictor = Predictor.open(model)) {
        TensorValue answer = predictor.call("serving_default", trial.inputs()).get("output");
        assertThat(answer.floats()).containsExactly(expected, within(1e-5f));
      }
      assertThat(operations(trial.graph())).doesNotContain("IdentityN");
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void buildsInDifferentScopesAreIndependent(ModuleSample sample) {
    try (Graph graph = Graphs.create()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training());
      for (String scope : List.of("first", "second")) {
        sample.build(context.at(scope), ModuleTrial.placeholders(graph, scope, sample));
      }
      assertThat(store.parameters()).isEqualTo(2 * sample.parameters());
      assertThat(store.all().stream().map(Variable::name))
          .allMatch(name -> name.startsWith("first/") || name.startsWith("second/"));
    }
  }

  private static Set<String> operations(Graph graph) {
    Set<String> types = new TreeSet<>();
    graph.operations().forEachRemaining(operation -> types.add(operation.type()));
    return types;
  }
}
