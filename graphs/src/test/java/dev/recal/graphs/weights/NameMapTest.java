package dev.recal.graphs.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.network.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

class NameMapTest {

  private static final Map<String, Shape> TWO_BLOCKS = new LinkedHashMap<>();

  static {
    TWO_BLOCKS.put("stem/kernel", Shape.of(3, 3, 3, 8));
    TWO_BLOCKS.put("stage1/block0/bn/gamma", Shape.of(8));
    TWO_BLOCKS.put("stage1/block1/bn/gamma", Shape.of(4, 8));
    TWO_BLOCKS.put("stage2/block0/bn/gamma", Shape.of(8));
    TWO_BLOCKS.put("stage2/block10/bn/gamma", Shape.of(8));
  }

  @TempDir Path directory;

  @Test
  void nameDependsOnNumbersAndShapes() {
    NameMap map =
        map(
            """
            kind norm
              gamma  weight   vector   # one of them
              gamma  weight_  matrix
              gamma  count    counter
            stem/kernel          conv.w           conv
            stage{s}/block{b}/bn f.{n+1}.{s-1}.{b} norm
            """);
    assertThat(map.unnamed()).isEmpty();
    assertThat(map.weights())
        .extracting(NamedWeight::tensor)
        .containsExactly(
            "conv.w", "f.1.0.0.weight", "f.2.0.1.weight_", "f.3.1.0.weight", "f.4.1.10.weight");
    assertThat(map.counters())
        .containsExactly("f.1.0.0.count", "f.2.0.1.count", "f.3.1.0.count", "f.4.1.10.count");
    assertThat(map.weights().get(0).tensorShape()).isEqualTo(Shape.of(8, 3, 3, 3));
  }

  @Test
  void aVariableWithoutARuleIsUnnamed() {
    assertThat(map("stage{s}/block{b}/bn/gamma x.{n} vector").unnamed())
        .containsExactly("stem/kernel", "stage1/block1/bn/gamma");
  }

  @Test
  void twoVariablesDoNotShareATensor() {
    assertThatThrownBy(() -> map("stage{s}/block{b}/bn/gamma x.{b} vector"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "weights: the tensor 'x.0' cannot hold both stage1/block0/bn/gamma and"
                + " stage2/block0/bn/gamma.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a b|rules, line 1: expected OURS THEIRS LAYOUT-OR-KIND, but got 'a b'.",
        "a b c|rules, line 1: there is no layout and no kind 'c' above this line; kinds are [].",
        "' a b conv'|rules, line 1: an indented line must follow a kind.",
        "kind conv|rules, line 1: 'conv' is a layout and cannot name a kind.",
        "include nothing|rules, line 1: there are no rules 'nothing'.",
        "include a b|rules, line 1: expected include NAME or include NAME OURS THEIRS, but got"
            + " 'include a b'.",
        "include self|include each other",
        "a{b c conv|rules, line 1: 'a{b' has a brace that is not a number such as {s}; {n} is"
            + " reserved.",
        "a{n} c conv|{n} is reserved.",
        "a c{s} conv|rules, line 1: 'c{s}' uses {s}, which the path does not have.",
        "a c{s conv|rules, line 1: 'c{s' has a brace that is not a number such as {s} or {s+1}."
      })
  void rejectsInvalidRules(String text, String reason) {
    assertThatThrownBy(() -> map(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void rulesCanIncludeBuiltInRules() throws IOException {
    Path file = directory.resolve("my.names");
    Files.writeString(
        file,
        """
        include torchvision-resnet
        include torchvision-resnet backbone/ body.
        kind gate
          cfc  weights  channel-wise
        stage{s}/block{b}/recalibration  layer{s}.{b}.gate  gate
        """);
    Map<String, Shape> variables = new LinkedHashMap<>();
    variables.put("stage1/block2/conv1/kernel", Shape.of(1, 1, 4, 8));
    variables.put("stage1/block2/recalibration/cfc", Shape.of(8, 2));
    variables.put("backbone/stage2/block0/bn1/gamma", Shape.of(8));
    assertThat(Convention.map(file, variables).weights())
        .extracting(NamedWeight::tensor)
        .containsExactly(
            "layer1.2.conv1.weight", "layer1.2.gate.weights", "body.layer2.0.bn1.weight");
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, torchvision",
    "resnext50-32x4d, torchvision",
    "densenet121, torchvision",
    "mobilenetv2, torchvision",
    "shufflenetv2-1.0, torchvision",
    "resnet50-v1d, timm",
    "se-resnet50, timm",
    "mobilenetv2, timm",
    "srm-resnet50, srm",
    "ge-resnet50, srm",
    "an-resnet50, an",
    "an-mobilenetv2, aognet",
    "an-densenet121, an",
    "slim-resnet50, recal"
  })
  void everyVariableOfThePublishedNetworksHasAName(String name, String names) {
    Networks.Preset preset = Networks.preset(name);
    Map<String, Shape> variables = NetworkVariables.of(preset.network(), preset.imageSize());
    NameMap map = Convention.named(names).map(preset.network(), variables);
    assertThat(map.unnamed()).isEmpty();
    assertThat(map.weights()).hasSameSizeAs(variables.keySet());
  }

  @Test
  void headDependsOnTheClasses() {
    assertThat(NetworkVariables.head(Networks.named("resnet20-cifar"), 32))
        .containsExactly("head/dense/kernel", "head/dense/bias");
  }

  @Test
  void missingNamesAreReported() {
    assertThatThrownBy(() -> Convention.named("torchvison"))
        .hasMessageStartingWith("names: there is no 'torchvison'. Did you mean 'torchvision'?");
    assertThat(Convention.TIMM.supports(Networks.named("shufflenetv2-1.0"))).isFalse();
    assertThatThrownBy(() -> Convention.TIMM.map(Networks.named("shufflenetv2-1.0"), Map.of()))
        .hasMessage("names: timm has no names for a ShuffleNetV2.");
  }

  private static NameMap map(String text) {
    NameRules rules =
        NameRules.parse(
            "rules",
            text,
            name -> name.equals("self") ? Optional.of("include self") : Optional.empty());
    return NameMap.of(rules, TWO_BLOCKS);
  }

  @Test
  void recalNamesAreIdentity() {
    assertThat(NameMap.identity(TWO_BLOCKS).weights())
        .allSatisfy(
            weight -> {
              assertThat(weight.tensor()).isEqualTo(weight.variable());
              assertThat(weight.tensorShape()).isEqualTo(weight.shape());
            });
    assertThat(List.copyOf(TWO_BLOCKS.keySet()))
        .isEqualTo(
            NameMap.identity(TWO_BLOCKS).weights().stream().map(NamedWeight::variable).toList());
  }
}
