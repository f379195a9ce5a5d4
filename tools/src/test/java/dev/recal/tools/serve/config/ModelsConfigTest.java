package dev.recal.tools.serve.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.savedmodels.serving.ServingFiles;
import dev.recal.tools.serve.model.ModelSettings;
import dev.recal.tools.serve.model.VersionPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsConfigTest {

  private static final Path FILE = Path.of("/srv/models.config");

  @Test
  void readsPoliciesAndLabels() throws IOException {
    String text =
        """
        # Comments are part of the format.
        model_config_list {
          config { name: "a" base_path: "/srv/a" model_platform: "tensorflow" }
          config {
            name: "b", base_path: 'b'
            model_version_policy { specific { versions: 1 versions: 3 } }
            version_labels { key: "stable" value: 1 }
            version_labels { key: "canary" value: 3 }
          }
          config: < name: "c" base_path: "/srv/c" model_version_policy: { all {} } >
          config { name: "d" base_path: "/srv/d" model_version_policy { latest { num_versions: 2 } } }
        }
        """;
    assertThat(ModelsConfig.parse(FILE, text))
        .containsExactly(
            new ModelSettings("a", Path.of("/srv/a"), VersionPolicy.latest(1), Map.of()),
            new ModelSettings(
                "b",
                Path.of("/srv/b"),
                VersionPolicy.specific(Set.of(1L, 3L)),
                Map.of("stable", 1L, "canary", 3L)),
            new ModelSettings("c", Path.of("/srv/c"), VersionPolicy.all(), Map.of()),
            new ModelSettings("d", Path.of("/srv/d"), VersionPolicy.latest(2), Map.of()));
  }

  @Test
  void readsTheFileThatTheExportWrites() throws IOException {
    ServingFiles files = new ServingFiles(Path.of("/srv/a \"b\""), "photos");
    assertThat(ModelsConfig.parse(FILE, files.models()))
        .isEqualTo(List.of(ModelSettings.latest("photos", Path.of("/srv/a \"b\""))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "model_config_list {!config { nane: 'a' } } | line 2, column 10: ModelConfig has no field 'nane'.",
        "model_config_list {!!config { name: 'a' | line 3",
        "model_config_list {!config { name: 'a' } } | the config at line 2: base_path: expected a"
            + " directory.",
        "model_config_list {!config { name: 'a/b' base_path: 'x' } } | line 2: name: expected a"
            + " name without '/'",
        "model_config_list {!config { name: 'a' base_path: 'x' }!config { name: 'a' base_path: 'y'"
            + " } } | line 3: name: expected another name",
        "model_config_list {!!!config { name: 'a' base_path: 'x' model_platform: 'onnx' } } | line"
            + " 4: model_platform: expected \"tensorflow\".",
        "model_config_list { config { name: 'a' base_path: 'x' model_version_policy { specific {} }"
            + " } } | line 1: versions: expected at least one version.",
        "model_config_list {} | expected a model_config_list with at least one config."
      })
  void errorsNameTheLine(String text, String message) {
    assertThatThrownBy(() -> ModelsConfig.parse(FILE, text.replace('!', '\n')))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("File /srv/models.config")
        .hasMessageContaining(message);
  }
}
