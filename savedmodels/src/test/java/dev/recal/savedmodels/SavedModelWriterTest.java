package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedModelWriterTest {

  @TempDir Path directory;

  @Test
  void whatIsWrittenAnswersAsTheSessionDoes() throws Exception {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("network", "tiny");
    try (TinyNetwork network = new TinyNetwork()) {
      Path written =
          new SavedModelWriter(metadata, TinyNetwork.golden())
              .write(network.servable, network.session, directory.resolve("tiny"));
      assertThat(written).isEqualTo(directory.resolve("tiny/1"));
      try (Predictor predictor = Predictor.open(directory.resolve("tiny"))) {
        var outputs = predictor.call("serving_default", Map.of("images", TinyNetwork.images(5, 1)));
        assertThat(outputs).containsOnlyKeys("logits", "probabilities");
        assertThat(outputs.get("logits").shape().asArray()).containsExactly(5, 3);
      }
    }
  }
}
