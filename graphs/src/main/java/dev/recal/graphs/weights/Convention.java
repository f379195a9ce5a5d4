package dev.recal.graphs.weights;

import dev.recal.graphs.network.Network;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.Names;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/** The naming convention and layouts of a weight file. */
public enum Convention {
  /** Recal's own paths and layouts, those of its checkpoints. */
  RECAL,
  /** {@code torchvision.models}. */
  TORCHVISION,
  /** {@code timm}. */
  TIMM,
  /**
   * SRM's authors, github hyunjaelee410/style-based-recalibration-module: torchvision's names, and
   * {@code rclb} for SRM, SE and GE.
   */
  SRM,
  /** Attentive normalisation with {@code attn_weights.attention}; otherwise torchvision's names. */
  AN,
  /** Like {@link #AN}, with {@code attention_weights.attention}, as in github iVMCL/AOGNet-v2. */
  AOGNET;

  /** Returns the names of all conventions, as used on the command line. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Convention::word).toList();
  }

  /**
   * Returns the convention of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Convention named(String word) {
    return Arrays.stream(values())
        .filter(convention -> convention.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "names: there is no '" + word + "'." + Names.hint(word, names())));
  }

  /** Returns the name on a command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether this convention has names for this kind of network. */
  public boolean supports(Network network) {
    return supports(Architecture.of(network));
  }

  /** Returns whether this convention has names for this kind of model. */
  public boolean supports(Architecture model) {
    return this == RECAL || resource(model).isPresent();
  }

  /** Returns the tensors that hold a network's variables. */
  public NameMap map(Network network, Map<String, Shape> variables) {
    return map(Architecture.of(network), variables);
  }

  /**
   * Returns the tensors that hold a model's variables.
   *
   * @param variables the shapes of its variables by path, in creation order
   * @throws IllegalArgumentException if the convention does not know that kind of model
   */
  public NameMap map(Architecture model, Map<String, Shape> variables) {
    if (this == RECAL) {
      return NameMap.identity(variables);
    }
    String resource =
        resource(model)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "names: " + word() + " has no names for a " + model.kind() + "."));
    String text = text(resource).orElseThrow();
    return NameMap.of(NameRules.parse(resource, text, Convention::text), variables);
  }

  /**
   * Returns the tensors of a network's variables by custom rules, see {@link NameRules}.
   *
   * @param file may include the built-in rules by their names, for example {@code
   *     torchvision-resnet}
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if a line is invalid
   */
  public static NameMap map(Path file, Map<String, Shape> variables) throws IOException {
    return NameMap.of(
        NameRules.parse(file.toString(), TextFiles.read(file), Convention::text), variables);
  }

  private Optional<String> resource(Architecture model) {
    return model.families().stream()
        .map(family -> word() + "-" + family)
        .filter(name -> text(name).isPresent())
        .findFirst();
  }

  private static Optional<String> text(String name) {
    if (!name.matches("[a-z0-9-]+")) {
      return Optional.empty();
    }
    try (InputStream stream = Convention.class.getResourceAsStream(name + ".names")) {
      return stream == null
          ? Optional.empty()
          : Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException broken) {
      throw new UncheckedIOException("cannot read the rules " + name, broken);
    }
  }
}
