package dev.recal.graphs.network;

import dev.recal.ops.json.Names;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The networks that providers name.
 *
 * @param types record classes by their type in JSON
 * @param presets by their names
 * @param published accuracies of these presets
 */
record NetworkCatalogue(
    Map<String, Class<? extends Network>> types,
    Map<String, Networks.Preset> presets,
    List<PublishedAccuracy> published) {

  /**
   * Asks all providers.
   *
   * @throws IllegalStateException if two providers use one name, or a type is not a record
   */
  static NetworkCatalogue of(Iterable<NetworkProvider> providers) {
    Map<String, Class<? extends Network>> types = new LinkedHashMap<>();
    Map<String, Networks.Preset> presets = new LinkedHashMap<>();
    List<PublishedAccuracy> published = new ArrayList<>();
    for (NetworkProvider provider : providers) {
      addType(types, provider);
      for (Networks.Preset preset : provider.presets()) {
        if (presets.putIfAbsent(preset.name(), preset) != null) {
          throw new IllegalStateException(
              "preset '"
                  + preset.name()
                  + "': expected one network, but got a second one from "
                  + provider.getClass().getName()
                  + ".");
        }
      }
      published.addAll(provider.published());
    }
    for (PublishedAccuracy one : published) {
      if (!presets.containsKey(one.network())) {
        throw new IllegalStateException(
            "published: expected the name of a preset, but got '" + one.network() + "'.");
      }
    }
    return new NetworkCatalogue(
        Collections.unmodifiableMap(types),
        Collections.unmodifiableMap(presets),
        List.copyOf(published));
  }

  private static void addType(
      Map<String, Class<? extends Network>> types, NetworkProvider provider) {
    Class<? extends Network> type = provider.network();
    if (!type.isRecord()) {
      throw new IllegalStateException(
          "network '" + provider.type() + "': expected a record, but got " + type + ".");
    }
    Class<? extends Network> other = types.putIfAbsent(provider.type(), type);
    if (other != null) {
      throw new IllegalStateException(
          "network '"
              + provider.type()
              + "': expected one record, but got "
              + other
              + " and "
              + type
              + ".");
    }
  }

  /**
   * Returns the network of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  Networks.Preset preset(String name) {
    Networks.Preset preset = presets.get(name);
    if (preset != null) {
      return preset;
    }
    String guess =
        Names.nearest(name, presets.keySet())
            .map(near -> " Did you mean '" + near + "'?")
            .orElse("");
    throw new IllegalArgumentException(
        "name: there is no network '" + name + "'." + guess + " Known are " + known() + ".");
  }

  // Hundreds of names are variants, a word before another name: they are listed by their words.
  private String known() {
    List<String> plain = new ArrayList<>();
    Set<String> words = new LinkedHashSet<>();
    for (String name : presets.keySet()) {
      List<String> bases =
          presets.keySet().stream().filter(other -> name.endsWith("-" + other)).toList();
      if (bases.isEmpty()) {
        plain.add(name);
      }
      bases.forEach(base -> words.add(name.substring(0, name.length() - base.length())));
    }
    String after = "; some of them also after one of the words " + String.join(", ", words);
    return String.join(", ", plain) + (words.isEmpty() ? "" : after);
  }
}
