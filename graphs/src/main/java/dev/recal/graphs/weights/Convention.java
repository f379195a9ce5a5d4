package dev.recal.graphs.weights;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.Names;
import dev.recal.ops.recalibration.GatherExcite;
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
  public static List<String> words() {
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
                    "names: there is no '" + word + "'." + Names.hint(word, words())));
  }

  /** Returns the name on a command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether this convention has names for this kind of network. */
  public boolean knows(Network network) {
    return this == RECAL || resource(network).isPresent();
  }

  /**
   * Returns the tensors that hold a network's variables.
   *
   * @param variables the shapes of its variables by path, in creation order
   * @throws IllegalArgumentException if there are no names for that kind of network
   */
  public NameMap map(Network network, Map<String, Shape> variables) {
    if (this == RECAL) {
      return NameMap.own(variables);
    }
    String resource =
        resource(network)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "names: "
                            + word()
                            + " has no names for a "
                            + network.getClass().getSimpleName()
                            + "."));
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

  private Optional<String> resource(Network network) {
    return families(network).stream()
        .map(family -> word() + "-" + family)
        .filter(name -> text(name).isPresent())
        .findFirst();
  }

  // The most specific first.
  private static List<String> families(Network network) {
    if (network instanceof ResNet net) {
      if (net.shortcut() == ResNet.Shortcut.AVERAGE_PROJECTION) {
        return List.of("resnet-d");
      }
      if (net.settings().recalibration().filter(GatherExcite.class::isInstance).isPresent()) {
        return List.of("resnet-ge", "resnet");
      }
    }
    return List.of(network.getClass().getSimpleName().toLowerCase(Locale.ROOT));
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
