package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.Papers;
import dev.recal.graphs.network.PublishedAccuracy;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.recalibration.StyleRecalibration;
import example.PlainNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Follows the guide to custom networks: its code compiles, its recipe trains. */
class NetworksGuideTest {

  private static final String SERVICE =
      "META-INF/services/dev.recal.graphs.network.NetworkProvider";

  @TempDir private static Path directory;
  private static String guide;

  @BeforeAll
  static void read() throws IOException {
    guide = Files.readString(Path.of("../docs/custom-networks.md"));
  }

  @Test
  void theGuideShowsTheCodeAndItsRegistrationAsTheyAre() throws IOException {
    String code = Files.readString(Path.of("src/test/java/example/PlainNet.java"));
    String line = "example.PlainNet$Provider";
    assertThat(Files.readAllLines(Path.of("src/test/resources", SERVICE))).contains(line);
    assertThat(guide)
        .contains("```java\n" + code + "```\n")
        .contains(SERVICE)
        .contains("```\n" + line + "\n```\n");
  }

  @Test
  void theNetworkIsKnownByName() {
    assertThat(Networks.names())
        .contains("plain20-cifar", "se-plain20-cifar", "srm-plain20-cifar", "plain18", "resnet18");
    assertThat(Networks.preset("plain20-cifar").imageSize()).isEqualTo(32);
    assertThat(Papers.of(Networks.named("srm-plain20-cifar")))
        .containsExactly("1512.03385", "1903.10829");
    assertThat(PublishedAccuracy.of("plain18"))
        .extracting(PublishedAccuracy::top1)
        .containsExactly(72.06);
    assertThatThrownBy(() -> Networks.named("plain-18"))
        .hasMessageContaining("Did you mean 'plain18'?");

    CommandResult networks = CommandResult.of("networks", "plain");
    assertThat(networks.exit()).as(networks.err()).isZero();
    assertThat(networks.out()).containsPattern("plain18 +224 +1,000 .* 72\\.06 +1512\\.03385");
    // A ResNet-20 with zero padding as shortcuts has the same convolutions.
    CommandResult profile = CommandResult.of("profile", "plain20-cifar", "--json");
    assertThat(profile.out()).contains("269722");
  }

  @Test
  void theNetworkIsReadFromRecipes() {
    Network named = Networks.named("plain20-cifar");
    assertThat(NetworkJson.read("\"plain20-cifar\"")).isEqualTo(named);
    assertThat(NetworkJson.read(NetworkJson.write(named).toString())).isEqualTo(named);
    assertThat(NetworkJson.read("{\"type\": \"plain-net\", \"classes\": 5, \"width\": 0.5}"))
        .isEqualTo(PlainNet.defaults().with().classes(5).width(0.5).build());
    assertThatThrownBy(() -> NetworkJson.read("{\"type\": \"plain-net\", \"widht\": 2}"))
        .hasMessageStartingWith("widht: there is no such key. Did you mean 'width'?");

    ClassificationRecipe naive =
        RecipeJson.read(recipe(), List.of("network.fusion=naive"), ClassificationRecipe.class);
    PlainNet net = (PlainNet) naive.network();
    assertThat(net.repeats()).containsExactly(2, 2, 2);
    assertThat(net.settings().recalibration()).contains(StyleRecalibration.defaults());
  }

  @Test
  void theRecipeTrains() throws IOException {
    Path file = Files.writeString(directory.resolve("plain.json"), recipe());
    CommandResult train =
        CommandResult.of(
            "train",
            file,
            "--plain",
            "--out",
            directory.resolve("run"),
            "--set=training.steps=1",
            "--set=training.batch=10",
            "--set=data.training.perClass=2",
            "--set=data.evaluation.perClass=1");
    assertThat(train.exit()).as(train.err()).isZero();
  }

  private static String recipe() {
    String open = "```json\n";
    int from = guide.indexOf(open) + open.length();
    return guide.substring(from, guide.indexOf("```\n", from));
  }
}
