package dev.recal.graphs.data;

import java.util.Map;

/**
 * Names the data sources of a library, so that recipes can hold them; found by {@code
 * ServiceLoader}.
 */
public interface DataSourceProvider {

  /** Returns record classes by their type names in kebab case. */
  Map<String, Class<? extends DataSource>> sources();
}
