package example;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.DataSourceProvider;
import java.util.Map;

/** Listed in META-INF/services, as in another library. */
public final class ExampleSources implements DataSourceProvider {

  @Override
  public Map<String, Class<? extends DataSource>> sources() {
    return Map.of("striped-images", StripedImages.class);
  }
}
