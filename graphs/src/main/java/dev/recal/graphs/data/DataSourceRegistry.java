package dev.recal.graphs.data;

import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.registry.ProvidedTypes;
import java.util.Map;

/** Every data source that a recipe can name: this library's and those of all providers. */
public final class DataSourceRegistry {

  private static final Map<String, Class<? extends DataSource>> SOURCES =
      ProvidedTypes.load("data source", DataSourceProvider.class, DataSourceProvider::sources);

  private DataSourceRegistry() {}

  /** Returns record classes by type name. */
  public static Map<String, Class<? extends DataSource>> sources() {
    return SOURCES;
  }

  /** Returns a JSON mapper that also knows every data source. */
  public static JsonRecords addTo(JsonRecords json) {
    return json.with(DataSource.class, SOURCES);
  }
}
