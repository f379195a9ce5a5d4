package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.recal.tools.serve.Http.Answer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of the page. */
class PageFilesTest {

  @TempDir private Path directory;

  @Test
  void pageIsSelfContained() throws Exception {
    Path scale = directory.resolve("scale");
    ScaleModel.write(scale.resolve("3"), 2f);
    try (ModelServer server = ModelServer.start(scale, ServeSettings.defaults())) {
      Http http = new Http(server.uri());
      Answer page = http.get("/");
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.type()).startsWith("text/html");
      for (String part :
          List.of(
              "/recal/page.css",
              "/recal/page.js",
              "/recal/maps.js",
              "/recal/inside.js",
              "/recal/gallery.js",
              "/recal/pyramid.js",
              "/recal/detector.js",
              "/recal/stylist.js")) {
        assertThat(page.body()).contains(part);
        assertThat(http.get(part).status()).isEqualTo(200);
      }
      JsonObject model = http.get("/recal/model").json();
      assertThat(model.get("name").getAsString()).isEqualTo("scale");
      assertThat(model.getAsJsonObject("signatures").keySet()).contains("classify", "echo");
    }
  }
}
