package dev.recal.graphs.profile;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The cost of a network for one image.
 *
 * @param input the images' shape, (1, H, W, 3)
 * @param layers in the order of the graph
 */
public record Profile(List<Long> input, List<Layer> layers) {

  /** Copies both lists. */
  public Profile {
    input = List.copyOf(input);
    layers = List.copyOf(layers);
  }

  /**
   * One layer with variables or multiply-adds.
   *
   * @param name its scope, for example {@code stage1/block0/conv1}
   * @param operation its TensorFlow operation, for example {@code Conv2D}
   * @param output the shape of its output; empty if it has no operation of its own
   * @param parameters values of trainable variables
   * @param macs multiply-adds of convolutions and matrix products
   */
  public record Layer(
      String name, String operation, List<Long> output, long parameters, long macs) {

    /** Copies the shape. */
    public Layer {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(operation, "operation");
      output = List.copyOf(output);
    }
  }

  /** Returns the number of trainable values. */
  public long parameters() {
    return layers.stream().mapToLong(Layer::parameters).sum();
  }

  /** Returns the number of multiply-adds. */
  public long macs() {
    return layers.stream().mapToLong(Layer::macs).sum();
  }

  /**
   * Returns a JSON object with {@code input}, {@code parameters}, {@code macs} and {@code layers},
   * each with {@code name}, {@code operation}, {@code output}, {@code parameters}, {@code macs}.
   */
  public String toJson() {
    JsonObject root = new JsonObject();
    root.add("input", array(input));
    root.addProperty("parameters", parameters());
    root.addProperty("macs", macs());
    JsonArray rows = new JsonArray();
    for (Layer layer : layers) {
      JsonObject row = new JsonObject();
      row.addProperty("name", layer.name());
      row.addProperty("operation", layer.operation());
      row.add("output", array(layer.output()));
      row.addProperty("parameters", layer.parameters());
      row.addProperty("macs", layer.macs());
      rows.add(row);
    }
    root.add("layers", rows);
    return new GsonBuilder().setPrettyPrinting().create().toJson(root);
  }

  private static JsonArray array(List<Long> numbers) {
    JsonArray array = new JsonArray();
    numbers.forEach(array::add);
    return array;
  }

  /** Returns an aligned table with a line for each layer and one for all. */
  public String toText() {
    int name = layers.stream().mapToInt(layer -> layer.name().length()).max().orElse(0);
    int operation = layers.stream().mapToInt(layer -> layer.operation().length()).max().orElse(0);
    int output = layers.stream().mapToInt(layer -> shape(layer.output()).length()).max().orElse(0);
    String format =
        "%-"
            + Math.max(name, "layer".length())
            + "s  %-"
            + Math.max(operation, "operation".length())
            + "s  %-"
            + Math.max(output, "output".length())
            + "s  %14s  %18s%n";
    StringBuilder table = new StringBuilder();
    table.append(line(format, "layer", "operation", "output", "parameters", "multiply-adds"));
    for (Layer layer : layers) {
      table.append(
          line(
              format,
              layer.name(),
              layer.operation(),
              shape(layer.output()),
              count(layer.parameters()),
              count(layer.macs())));
    }
    table.append(line(format, "total", "", shape(input), count(parameters()), count(macs())));
    return table.toString();
  }

  private static String line(String format, String... cells) {
    return String.format(Locale.ROOT, format, (Object[]) cells);
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String shape(List<Long> sizes) {
    return String.join("×", sizes.stream().map(String::valueOf).toList());
  }
}
