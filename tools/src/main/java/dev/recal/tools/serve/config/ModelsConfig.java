package dev.recal.tools.serve.config;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormatParseInfoTree;
import dev.recal.ops.files.TextFiles;
import dev.recal.savedmodels.proto.FileSystemStoragePathSourceConfig.ServableVersionPolicy;
import dev.recal.savedmodels.proto.ModelConfig;
import dev.recal.savedmodels.proto.ModelConfigList;
import dev.recal.savedmodels.proto.ModelServerConfig;
import dev.recal.tools.serve.model.ModelSettings;
import dev.recal.tools.serve.model.VersionPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a file {@code models.config}: the text format of {@code ModelServerConfig}. */
public final class ModelsConfig {

  // The parser's words for a field that is not in a message.
  private static final Pattern UNKNOWN =
      Pattern.compile("\\d+:\\d+:\\s+(?:[\\w.]+\\.)?(?<message>\\w+)\\.(?<field>\\w+)\\.?\\s*$");
  private static final String PLATFORM = "tensorflow";
  private static final FieldDescriptor LIST =
      ModelServerConfig.getDescriptor()
          .findFieldByNumber(ModelServerConfig.MODEL_CONFIG_LIST_FIELD_NUMBER);
  private static final FieldDescriptor CONFIG =
      ModelConfigList.getDescriptor().findFieldByNumber(ModelConfigList.CONFIG_FIELD_NUMBER);

  private final Path file;
  private final TextFormatParseInfoTree lines;

  private ModelsConfig(Path file, TextFormatParseInfoTree lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, or has an error; the message names the line
   */
  public static List<ModelSettings> read(Path file) throws IOException {
    return parse(file, TextFiles.read(file));
  }

  /**
   * Reads the text of a file.
   *
   * @param file for messages, and for directories relative to it
   * @throws IOException if it has an error; the message names the line
   */
  static List<ModelSettings> parse(Path file, String text) throws IOException {
    ModelServerConfig.Builder message = ModelServerConfig.newBuilder();
    TextFormatParseInfoTree.Builder places = TextFormatParseInfoTree.builder();
    try {
      TextFormat.Parser.newBuilder().setParseInfoTreeBuilder(places).build().merge(text, message);
    } catch (TextFormat.ParseException e) {
      throw new IOException(
          "File " + file + ", line " + e.getLine() + ", column " + e.getColumn() + ": " + words(e));
    }
    ModelsConfig config = new ModelsConfig(file, places.build());
    List<ModelConfig> models = message.getModelConfigList().getConfigList();
    if (models.isEmpty()) {
      throw new IOException(
          "File " + file + ": expected a model_config_list with at least one config.");
    }
    return config.settings(models);
  }

  private static String words(TextFormat.ParseException problem) {
    Matcher unknown = UNKNOWN.matcher(problem.getMessage());
    if (unknown.find()) {
      return unknown.group("message") + " has no field '" + unknown.group("field") + "'.";
    }
    // The parser repeats the position.
    String sentence = problem.getMessage().replaceFirst("^\\d+:\\d+: ", "");
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }

  private List<ModelSettings> settings(List<ModelConfig> models) throws IOException {
    List<ModelSettings> settings = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < models.size(); i++) {
      ModelConfig model = models.get(i);
      require(i, "name", model.getName().matches("[^/:\\p{Cntrl}]+"), "a name without '/' and ':'");
      require(i, "name", names.add(model.getName()), "another name than an earlier model");
      require(i, "base_path", !model.getBasePath().isEmpty(), "a directory");
      require(
          i,
          "model_platform",
          model.getModelPlatform().isEmpty() || model.getModelPlatform().equals(PLATFORM),
          "\"" + PLATFORM + "\"");
      settings.add(
          new ModelSettings(
              model.getName(),
              directory(model.getBasePath()),
              policy(i, model.getModelVersionPolicy()),
              model.getVersionLabelsMap()));
    }
    return settings;
  }

  private Path directory(String path) {
    return file.toAbsolutePath().resolveSibling(path);
  }

  private VersionPolicy policy(int index, ServableVersionPolicy policy) throws IOException {
    return switch (policy.getPolicyChoiceCase()) {
      case LATEST -> {
        int count = policy.getLatest().getNumVersions();
        require(index, "num_versions", count >= 0, "a number below 2147483648");
        yield VersionPolicy.latest(Math.max(1, count));
      }
      case ALL -> VersionPolicy.all();
      case SPECIFIC -> {
        List<Long> versions = policy.getSpecific().getVersionsList();
        require(index, "versions", !versions.isEmpty(), "at least one version");
        yield VersionPolicy.specific(new HashSet<>(versions));
      }
      case POLICYCHOICE_NOT_SET -> VersionPolicy.latest(1);
    };
  }

  private void require(int index, String field, boolean holds, String expected) throws IOException {
    if (!holds) {
      // Locations count from 0.
      int line = lines.getNestedTree(LIST, 0).getLocation(CONFIG, index).getLine() + 1;
      throw new IOException(
          "File "
              + file
              + ", the config at line "
              + line
              + ": "
              + field
              + ": expected "
              + expected
              + ".");
    }
  }
}
