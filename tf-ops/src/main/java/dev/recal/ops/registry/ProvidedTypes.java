package dev.recal.ops.registry;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;

/** The record classes of an open family that all providers on the class path name together. */
public final class ProvidedTypes {

  private ProvidedTypes() {}

  /**
   * Collects the types of a family through {@code ServiceLoader}.
   *
   * @param noun what a member of the family is called in messages, such as {@code layer}
   * @param provider the service
   * @param family what a provider names: record classes by their type names in kebab case
   * @return an unmodifiable map in the order of the providers
   * @throws IllegalStateException if a type is not a record, or two types share one name
   */
  public static <P, T> Map<String, Class<? extends T>> load(
      String noun, Class<P> provider, Function<P, Map<String, Class<? extends T>>> family) {
    Map<String, Class<? extends T>> all = new LinkedHashMap<>();
    for (P found : ServiceLoader.load(provider)) {
      family.apply(found).forEach((name, type) -> add(noun, all, name, type));
    }
    return Collections.unmodifiableMap(all);
  }

  private static <T> void add(
      String noun, Map<String, Class<? extends T>> all, String name, Class<? extends T> type) {
    if (!type.isRecord()) {
      throw new IllegalStateException(
          noun
              + " '"
              + name
              + "': a registered "
              + noun
              + " is a record, but "
              + type
              + " is not.");
    }
    Class<?> other = all.put(name, type);
    if (other != null && other != type) {
      throw new IllegalStateException(
          noun + " '" + name + "' is registered twice, as " + other + " and " + type + ".");
    }
  }
}
