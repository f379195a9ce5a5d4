package dev.recal.tools.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import dev.recal.tools.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Round trips of a small network's weights, and all mismatches. */
class WeightCommandsTest {

  private static final String NETWORK = "{'preset': 'srm-resnet20-cifar', 'repeats': [1, 1, 1]}";
  private static final String RECIPE =
      "{'name': 'tiny', 'network': "
          + NETWORK
          + ", 'data': {'training': {'type': 'textures', 'split': 'train', 'perClass': 8},"
          + " 'evaluation': {'type': 'textures', 'split': 'test', 'perClass': 4}},"
          + " 'training': {'batch': 16, 'steps': 1}}";

  @TempDir private static Path shared;
  private static Path network;
  private static Path stored;
  private static Path torch;

  @TempDir private Path directory;

  // An import that allows every tensor to be missing creates random weights for the tests.
  @BeforeAll
  static void write() throws IOException {
    network = json(shared.resolve("network.json"), NETWORK);
    Path nothing = shared.resolve("nothing.safetensors");
    Safetensors.write(nothing, Map.of(), Map.of());
    stored = shared.resolve("stored");
    // Another seed than training's, so that training cannot generate the same weights.
    CommandResult imported =
        importing(nothing, stored, "--allow-missing", "*", "--names", "recal", "--seed", 7);
    String output = succeeds(imported);
    assertThat(output).contains("0 tensors imported").contains("keep their initial values");
    torch = shared.resolve("torch.safetensors");
    succeeds(CommandResult.of("export-weights", stored, "--names", "srm", "--out", torch));
  }

  @Test
  void safetensorsRoundTripKeepsWeights() throws IOException {
    Map<String, TensorValue> there = Safetensors.read(torch);
    assertThat(there.get("layer1.0.conv1.weight").shape().asArray()).containsExactly(16, 16, 3, 3);
    assertThat(there.get("layer2.0.rclb.cfc").shape().asArray()).containsExactly(32, 2);
    assertThat(there.get("bn1.num_batches_tracked").longs()).containsExactly(0);
    assertThat(Safetensors.header(torch).metadata()).containsEntry("format", "pt");

    Path back = directory.resolve("back");
    assertThat(succeeds(importing(torch, back))).contains("Names of srm: ");
    assertThat(values(back)).isEqualTo(values(stored));
    assertThat(StoredNetwork.open(back).labels()).hasSize(10).startsWith("0", "1");
  }

  @Test
  void checkpointRoundTripKeepsWeights() throws IOException {
    Path prefix = directory.resolve("sub/tensorflow");
    succeeds(CommandResult.of("export-weights", stored, "--out", prefix));
    assertThat(Path.of(prefix + ".index")).exists();
    Path back = directory.resolve("back");
    assertThat(succeeds(importing(prefix, back))).contains("Names of recal: ");
    assertThat(values(back)).isEqualTo(values(stored));
    CommandResult again = CommandResult.of("export-weights", stored, "--out", prefix);
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("already exists; use --force to overwrite it.");
    Path tooLong = directory.resolve("x".repeat(250));
    CommandResult refused = CommandResult.of("export-weights", stored, "--out", tooLong);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "recal: Output "
                + tooLong
                + ".index cannot be written: the file name is too long."
                + System.lineSeparator());
  }

  @Test
  void savedModelRoundTripKeepsThem() throws IOException {
    Path model = directory.resolve("model");
    succeeds(CommandResult.of("export", stored, model));
    assertThat(succeeds(CommandResult.of("verify", model))).contains("serving_default");
    Path own = directory.resolve("own.safetensors");
    succeeds(CommandResult.of("export-weights", model, "--out", own));
    assertThat(digests(Safetensors.read(own))).isEqualTo(values(stored));
    Path back = directory.resolve("back");
    succeeds(importing(model.resolve("1"), back));
    assertThat(values(back)).isEqualTo(values(stored));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"module.", "model.", "backbone.", "_orig_mod.", "module._orig_mod.", "a.b.c.d."})
  void commonPrefixIsDetectedReportedAndStripped(String prefix) throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    Safetensors.read(torch).forEach((name, value) -> tensors.put(prefix + name, value));
    Path file = directory.resolve("prefixed.safetensors");
    Safetensors.write(file, tensors, Map.of());
    Path found = directory.resolve("found");
    String output = succeeds(importing(file, found));
    assertThat(output).contains("Names of srm: ");
    assertThat(output.contains("Prefix of the tensors' names, removed: "))
        .isEqualTo(!prefix.equals("_orig_mod."));
    assertThat(values(found)).isEqualTo(values(stored));
    Path given = directory.resolve("given");
    String bare = prefix.substring(0, prefix.length() - 1);
    succeeds(importing(file, given, "--prefix", bare));
    assertThat(values(given)).isEqualTo(values(stored));
  }

  @Test
  void unprefixedTensorsAreUnexpectedAndWrongPrefixIsRejected() throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    Safetensors.read(torch)
        .forEach(
            (name, value) -> tensors.put("model." + name.replace(".0.", ".0._orig_mod."), value));
    tensors.put("epoch", TensorValue.of(new float[] {1}, 1));
    Path file = directory.resolve("lightning.safetensors");
    Safetensors.write(file, tensors, Map.of());
    Path out = directory.resolve("out");
    CommandResult refused = importing(file, out);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains(": 1 unexpected; ");
    succeeds(importing(file, out, "--allow-unexpected", "epoch"));
    assertThat(values(out)).isEqualTo(values(stored));
    CommandResult wrong = importing(file, directory.resolve("no"), "--prefix", "modul");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("--prefix: expected the beginning of tensor names, but got 'modul'");
  }

  @Test
  void everyDifferenceIsListedAndAllowedByNameOnly() throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>(Safetensors.read(torch));
    tensors.remove("layer1.0.rclb.cfc");
    tensors.put("layer9.extra", TensorValue.of(new float[] {1}, 1));
    TensorValue turned = tensors.get("layer2.0.conv1.weight");
    Path file = directory.resolve("changed.safetensors");
    Safetensors.write(file, tensors, Map.of());
    Path out = directory.resolve("out");
    CommandResult refused = importing(file, out);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.out())
        .contains("missing tensor", "layer1.0.rclb.cfc", "stage1/block0/recalibration/cfc")
        .contains("unexpected tensor", "layer9.extra");
    assertThat(refused.err()).contains("1 missing, 1 unexpected; ");
    assertThat(out).doesNotExist();
    assertThat(importing(file, out, "--allow-missing", "*cfc").exit()).isEqualTo(1);
    String output =
        succeeds(importing(file, out, "--allow-missing", "*cfc", "--allow-unexpected", "layer9.*"));
    assertThat(output)
        .contains("1 variables keep their initial values")
        .contains("1 tensors skipped");

    // The same number of values in another shape, and integers: no option allows them.
    long[] sizes = turned.shape().asArray();
    tensors.put(
        "layer2.0.conv1.weight",
        TensorValue.of(turned.floats(), sizes[1], sizes[0], sizes[2], sizes[3]));
    tensors.put("fc.bias", TensorValue.of(new int[10], 10));
    Safetensors.write(file, tensors, Map.of());
    CommandResult shaped =
        importing(
            file,
            directory.resolve("shaped"),
            "--allow-missing",
            "*",
            "--allow-unexpected",
            "*",
            "--names",
            "srm");
    assertThat(shaped.exit()).isEqualTo(1);
    assertThat(shaped.out())
        .contains("layer2.0.conv1.weight", "[16, 32, 3, 3]", "[32, 16, 3, 3]")
        .contains("fc.bias", "I32");
    assertThat(shaped.err()).contains("2 of another shape or type");
  }

  @Test
  void newHeadIsInitialisedOnlyOnRequest() throws IOException {
    Path out = directory.resolve("three");
    CommandResult refused = importing(torch, out, "--classes", 3);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.out()).contains("fc.weight", "[10, 64]", "[3, 64]");
    succeeds(importing(torch, out, "--classes", 3, "--new-head"));
    Map<String, Integer> three = values(out);
    Map<String, Integer> ten = values(stored);
    assertThat(three.keySet()).isEqualTo(ten.keySet());
    three.forEach(
        (path, value) -> {
          if (path.startsWith("head/")) {
            assertThat(value).isNotEqualTo(ten.get(path));
          } else {
            assertThat(value).isEqualTo(ten.get(path));
          }
        });
  }

  @Test
  void rejectsValuesThatAreNotWeights() throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>(Safetensors.read(torch));
    tensors.put("fc.bias", TensorValue.of(new float[] {0, 0, Float.NaN, 0, 0, 0, 0, 0, 0, 0}, 10));
    Path file = directory.resolve("nan.safetensors");
    Safetensors.write(file, tensors, Map.of());
    CommandResult refused = importing(file, directory.resolve("out"));
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .contains("Tensor 'fc.bias'", "expected finite weights, but got NaN at position 2.");
  }

  @Test
  void rulesNameCustomLayers() throws IOException {
    Path rules =
        Files.writeString(
            directory.resolve("my.names"),
            """
            include torchvision-resnet
            kind gate
              cfc                 w        channel-wise
              bn/gamma            n.gamma  vector
              bn/beta             n.beta   vector
              bn/moving_mean      n.mean   vector
              bn/moving_variance  n.var    vector
            stage{s}/block{b}/recalibration  gates.{n}  gate
            """);
    Path file = directory.resolve("mine.safetensors");
    succeeds(CommandResult.of("export-weights", stored, "--names", rules, "--out", file));
    assertThat(Safetensors.read(file).get("gates.2.w").shape().asArray()).containsExactly(64, 1, 2);
    Path back = directory.resolve("back");
    succeeds(importing(file, back, "--names", rules));
    assertThat(values(back)).isEqualTo(values(stored));
    Path wrong = directory.resolve("wrong.names");
    Files.writeString(wrong, Files.readString(rules).replace("gates.{n}", "gates"));
    assertThat(importing(file, directory.resolve("wrong"), "--names", wrong).err())
        .startsWith(
            "recal: --names: " + wrong + ": weights: the tensor 'gates.w' cannot hold both");
    CommandResult nameless =
        CommandResult.of(
            "export-weights", stored, "--names", "torchvision", "--out", file, "--force");
    assertThat(nameless.exit()).isEqualTo(1);
    assertThat(nameless.err())
        .contains("15 variables have no name in torchvision")
        .contains("--leave-out");
    succeeds(
        CommandResult.of(
            "export-weights",
            stored,
            "--names",
            "torchvision",
            "--out",
            file,
            "--force",
            "--leave-out",
            "*/recalibration/*"));
  }

  @Test
  void trainingStartsFromThem() throws IOException {
    Path recipe = json(directory.resolve("recipe.json"), RECIPE);
    Path run = directory.resolve("run");
    String output =
        succeeds(CommandResult.of("train", recipe, "--weights", stored, "--out", run, "--plain"));
    assertThat(output).contains("Run " + run);
    Path first = run.resolve("checkpoints/step-000000000");
    Path file = directory.resolve("first.safetensors");
    succeeds(CommandResult.of("export-weights", first, "--out", file));
    assertThat(digests(Safetensors.read(file))).isEqualTo(values(stored));
    assertThat(Files.readString(run.resolve("recipe.json"))).contains("\"weights\"");
    // From a run, with another number of classes.
    Path ended = directory.resolve("ended.safetensors");
    succeeds(CommandResult.of("export-weights", run, "--out", ended));
    assertThat(digests(Safetensors.read(ended))).isNotEqualTo(values(stored));

    Path three = directory.resolve("three");
    succeeds(importing(torch, three, "--classes", 3, "--new-head"));
    CommandResult refused =
        CommandResult.of(
            "train", recipe, "--weights", three, "--out", directory.resolve("second"), "--plain");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("recal: --weights: ")
        .contains("head/dense/kernel has shape [64, 3], not [64, 10]")
        .contains("newHead");
    assertThat(directory.resolve("second")).doesNotExist();
    succeeds(
        CommandResult.of(
            "train",
            recipe,
            "--weights",
            three,
            "--new-head",
            "--out",
            directory.resolve("third"),
            "--plain"));
  }

  @Test
  void rejectsFilesWithoutWeights() throws IOException {
    Path pickle = Files.write(directory.resolve("model.pth"), new byte[100]);
    assertThat(importing(pickle, directory.resolve("a")).err()).contains("pickles are not read");
    Path nothing = directory.resolve("none");
    assertThat(importing(nothing, directory.resolve("b")).err())
        .contains("There is no safetensors file " + nothing);
    assertThat(importing(shared, directory.resolve("c")).err()).contains("no variables.index");
    CommandResult occupied = importing(torch, shared);
    assertThat(occupied.exit()).isEqualTo(1);
    assertThat(occupied.err()).contains("already exists");
    CommandResult unknown =
        CommandResult.of("import", "resnet51", torch, "--out", directory.resolve("d"));
    assertThat(unknown.exit()).isEqualTo(2);
    CommandResult names = importing(torch, directory.resolve("e"), "--names", "torchvison");
    assertThat(names.exit()).isEqualTo(2);
    assertThat(names.err()).contains("Did you mean 'torchvision'?");
  }

  private static CommandResult importing(Path file, Path out, Object... options) {
    Object[] words = new Object[7 + options.length];
    Object[] first = {"import", network, file, "--out", out, "--image-size", 32};
    System.arraycopy(first, 0, words, 0, first.length);
    System.arraycopy(options, 0, words, first.length, options.length);
    return CommandResult.of(words);
  }

  private static String succeeds(CommandResult ran) {
    assertThat(ran.exit()).as(ran.err() + ran.out()).isZero();
    return ran.out();
  }

  private Map<String, Integer> values(Path weights) throws IOException {
    Path file = directory.resolve("values-" + weights.getFileName() + ".safetensors");
    succeeds(CommandResult.of("export-weights", weights, "--out", file, "--force"));
    return digests(Safetensors.read(file));
  }

  private static Map<String, Integer> digests(Map<String, TensorValue> tensors) {
    return tensors.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().hashCode()));
  }

  private static Path json(Path file, String text) throws IOException {
    return Files.writeString(file, text.replace('\'', '"'));
  }
}
