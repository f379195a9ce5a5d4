package dev.recal.graphs.network;

/**
 * A network that has the settings which families share. Its record has them as a component {@code
 * settings}, marked {@code @Flattened}.
 *
 * @param <N> the record itself
 */
public interface NetworkFamily<N extends NetworkFamily<N>> extends Network {

  /** Returns the shared settings. */
  NetworkSettings settings();

  /** Returns a builder that starts with this network. */
  SettingsBuilder<N, ?> with();

  @Override
  default int classes() {
    return settings().classes();
  }

  @Override
  default N withClasses(int count) {
    return with().classes(count).build();
  }
}
