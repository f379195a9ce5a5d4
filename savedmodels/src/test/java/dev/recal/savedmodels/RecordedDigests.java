package dev.recal.savedmodels;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;

/** Models without digests, for tests of the checks behind them. */
final class RecordedDigests {

  private RecordedDigests() {}

  static void remove(Path model) throws IOException {
    JsonObject metadata = Extras.readMetadata(model);
    metadata.getAsJsonObject(Extras.WRITER).remove(FileDigests.MEMBER);
    Extras.writeMetadata(model, Extras.text(metadata));
  }
}
