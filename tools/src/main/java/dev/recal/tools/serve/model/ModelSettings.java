package dev.recal.tools.serve.model;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * One of the models of a server.
 *
 * @param name in requests; empty takes the directory's name
 * @param path {@code <model>} with integer versions, or one version
 * @param policy which of its versions are served
 * @param labels names of versions, for example {@code stable}
 */
public record ModelSettings(
    String name, Path path, VersionPolicy policy, Map<String, Long> labels) {

  /** Makes the path absolute and copies the labels. */
  public ModelSettings {
    Objects.requireNonNull(policy, "policy");
    path = path.toAbsolutePath().normalize();
    labels = Map.copyOf(labels);
    name = name.isEmpty() ? ModelDirectory.of(path).name() : name;
  }

  /** The highest version of a model, without labels. */
  public static ModelSettings latest(String name, Path path) {
    return new ModelSettings(name, path, VersionPolicy.latest(1), Map.of());
  }
}
