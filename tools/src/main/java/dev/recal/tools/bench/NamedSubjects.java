package dev.recal.tools.bench;

import dev.recal.graphs.classification.ClassificationSettings;
import dev.recal.graphs.classification.StepBench;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.training.Precision;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.TemporaryPath;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.optimise.Optimisation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Subjects of benchmarks by name, each opened when it is first measured, for a program that takes
 * turns with another library's. A name is a line of words:
 *
 * <pre>
 * network NAME PRECISION train|infer BATCH SIZE
 * block MODULE STAGE PRECISION forward|step BATCH
 * export NETWORK FORM BATCH SIZE
 * </pre>
 *
 * <p>A module is one of {@link ModuleSubject#all}, or {@code plain:norm} and so on, the plain block
 * of a {@link ModulePlace}. A form is {@code plain} or an {@link Optimisation}.
 */
public final class NamedSubjects implements AutoCloseable {

  private static final double BLOCK_TURN = 0.1;
  private static final String PLAIN = "plain";
  private static final int NETWORK_WORDS = 6;
  private static final int BLOCK_WORDS = 6;
  private static final int EXPORT_WORDS = 5;

  private final TemporaryPath exports;
  private final List<ModuleSubject> modules = ModuleSubject.all(reason -> {});
  private final Map<List<String>, StepBench> networks = new HashMap<>();
  private final Map<List<String>, BlockBench> blocks = new HashMap<>();
  private final Map<List<String>, Map<Optional<Optimisation>, Path>> written = new HashMap<>();
  private final Map<List<String>, Predictor> predictors = new HashMap<>();

  /**
   * The answer to one line.
   *
   * @param seconds of the counted calls of the turn
   * @param model the directory of an export's model, while this object is open
   */
  public record Turn(List<Double> seconds, Optional<Path> model) {}

  /**
   * Creates an empty set.
   *
   * @param directory next to which exports are written
   */
  public NamedSubjects(Path directory) throws IOException {
    this.exports = TemporaryPath.directory(directory.resolve("recal-exports"));
  }

  /**
   * Measures several calls in a row of a subject; the first one is not counted.
   *
   * @param name of the subject
   * @throws IllegalArgumentException if the name is not one of the forms above
   */
  public Turn turn(String name) throws IOException {
    List<String> words = List.of(name.strip().split("\\s+"));
    return switch (words.get(0)) {
      case "network" -> network(sized(words, NETWORK_WORDS));
      case "block" -> block(sized(words, BLOCK_WORDS));
      case "export" -> export(sized(words, EXPORT_WORDS));
      default ->
          throw new IllegalArgumentException(
              "subject: expected one of block, export, network, but got '" + words.get(0) + "'.");
    };
  }

  private static List<String> sized(List<String> words, int count) {
    if (words.size() != count) {
      throw new IllegalArgumentException(
          "subject: expected " + count + " words, but got '" + String.join(" ", words) + "'.");
    }
    return words;
  }

  private Turn network(List<String> words) {
    String call = words.get(3);
    StepBench bench = networks.get(without(words, 3));
    if (bench == null) {
      int size = count("SIZE", words.get(5));
      ClassificationSettings settings =
          ClassificationSettings.defaults()
              .with(count("BATCH", words.get(4)), precision(words.get(2)));
      bench = new StepBench(Networks.named(words.get(1)), settings, size, size);
      networks.put(without(words, 3), bench);
    }
    StepBench found = bench;
    DoubleSupplier subject =
        switch (call) {
          case "train" -> found::train;
          case "infer" -> found::infer;
          default -> throw unknown("call", Stream.of("train", "infer"), call);
        };
    return new Turn(longTurn(subject), Optional.empty());
  }

  private Turn block(List<String> words) {
    String call = words.get(4);
    BlockBench bench = blocks.get(without(words, 4));
    if (bench == null) {
      BlockStage stage = stage(count("STAGE", words.get(2)));
      int batch = count("BATCH", words.get(5));
      ModuleBlock block = moduleBlock(words.get(1), stage);
      int channels = channels(words.get(1), stage);
      bench = new BlockBench(block, block.inputs(stage, batch), channels, precision(words.get(3)));
      blocks.put(without(words, 4), bench);
    }
    BlockBench found = bench;
    DoubleSupplier subject =
        switch (call) {
          case "forward" -> found::forward;
          case "step" -> found::step;
          default -> throw unknown("call", Stream.of("forward", "step"), call);
        };
    return new Turn(new Alternation(0, 1, BLOCK_TURN).turn(subject), Optional.empty());
  }

  private Turn export(List<String> words) throws IOException {
    String name = words.get(1);
    int batch = count("BATCH", words.get(3));
    int size = count("SIZE", words.get(4));
    Optional<Optimisation> form =
        words.get(2).equals(PLAIN)
            ? Optional.empty()
            : Optional.of(constant("form", Optimisation.values(), words.get(2)));
    List<String> network = List.of(name, words.get(4));
    Map<Optional<Optimisation>, Path> models = written.get(network);
    if (models == null) {
      models = ExportBench.write(name, exports.path().resolve(name + "-" + size), size);
      written.put(network, models);
    }
    Predictor predictor = predictors.get(words);
    if (predictor == null) {
      PredictorSettings settings = new PredictorSettings(batch, false, 0);
      predictor = Predictor.open(models.get(form), settings);
      predictors.put(words, predictor);
    }
    return new Turn(longTurn(ExportBench.call(predictor, batch)), Optional.of(models.get(form)));
  }

  private static List<Double> longTurn(DoubleSupplier subject) {
    return new Alternation(0, 1, Alternation.LONG_TURN).turn(subject);
  }

  private ModuleBlock moduleBlock(String name, BlockStage stage) {
    return plainPlace(name)
        .map(place -> ModuleBlock.plain(place, stage))
        .orElseGet(() -> ModuleBlock.with(module(name), stage));
  }

  private int channels(String name, BlockStage stage) {
    return plainPlace(name).orElseGet(() -> module(name).place()).channels(stage);
  }

  private static Optional<ModulePlace> plainPlace(String name) {
    String prefix = PLAIN + ":";
    return name.startsWith(prefix)
        ? Optional.of(constant("place", ModulePlace.values(), name.substring(prefix.length())))
        : Optional.empty();
  }

  private ModuleSubject module(String name) {
    return modules.stream()
        .filter(subject -> subject.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown("module", modules.stream().map(ModuleSubject::name), name));
  }

  private static BlockStage stage(int number) {
    return BlockStage.RESNET50.stream()
        .filter(stage -> stage.number() == number)
        .findFirst()
        .orElseThrow(
            () ->
                unknown(
                    "stage",
                    BlockStage.RESNET50.stream().map(stage -> Integer.toString(stage.number())),
                    Integer.toString(number)));
  }

  private static Precision precision(String word) {
    return constant("precision", Precision.values(), word);
  }

  private static <E extends Enum<E>> E constant(String name, E[] values, String word) {
    return Stream.of(values)
        .filter(value -> lower(value).equals(word))
        .findFirst()
        .orElseThrow(() -> unknown(name, Stream.of(values).map(NamedSubjects::lower), word));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static int count(String name, String word) {
    try {
      int number = Integer.parseInt(word);
      Arguments.atLeast(1, name, number);
      return number;
    } catch (NumberFormatException text) {
      throw new IllegalArgumentException(
          name + ": expected a number, but got '" + word + "'.", text);
    }
  }

  private static IllegalArgumentException unknown(String name, Stream<String> known, String word) {
    return new IllegalArgumentException(
        name
            + ": expected one of "
            + known.collect(Collectors.joining(", "))
            + ", but got '"
            + word
            + "'.");
  }

  // Train and inference, or forward and step, share what is opened.
  private static List<String> without(List<String> words, int index) {
    List<String> others = new ArrayList<>(words);
    others.remove(index);
    return List.copyOf(others);
  }

  /** Closes and forgets all subjects; the next turn of one opens it again. */
  public void release() {
    networks.values().forEach(StepBench::close);
    networks.clear();
    blocks.values().forEach(BlockBench::close);
    blocks.clear();
    predictors.values().forEach(Predictor::close);
    predictors.clear();
  }

  @Override
  public void close() throws IOException {
    release();
    exports.close();
  }
}
