package dev.recal.graphs.network;

import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.registry.LayerRegistry;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;

/**
 * Every network that has a name: this library's and those of all {@link NetworkProvider}s on the
 * class path. Each provider lists its names.
 */
public final class Networks {

  private static final NetworkCatalogue CATALOGUE =
      NetworkCatalogue.of(ServiceLoader.load(NetworkProvider.class));

  private Networks() {}

  /**
   * A network with the size of image it was published for.
   *
   * @param name its name
   * @param network its settings
   * @param imageSize rows and columns
   */
  public record Preset(String name, Network network, int imageSize) {

    /** Rejects missing values and sizes below 1. */
    public Preset {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(network, "network");
      NetworkChecks.requirePositive("imageSize", imageSize);
    }
  }

  /**
   * Returns the network of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Network named(String name) {
    return preset(name).network();
  }

  /**
   * Returns the network of that name with its image size.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Preset preset(String name) {
    return CATALOGUE.preset(name);
  }

  /** Returns all names, those of each provider in its order. */
  public static List<String> names() {
    return List.copyOf(CATALOGUE.presets().keySet());
  }

  /** Returns the published accuracies of all providers. */
  static List<PublishedAccuracy> published() {
    return CATALOGUE.published();
  }

  /** Returns the JSON mapper that knows networks and their layers. */
  public static JsonRecords json() {
    return LayerRegistry.json().with(Network.class, CATALOGUE.types());
  }
}
