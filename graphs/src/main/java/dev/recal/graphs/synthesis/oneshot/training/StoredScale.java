package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.ops.checkpoint.CheckpointIndex;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The last checkpoint of the scale below.
 *
 * @param prefix of its variables
 * @param index their names and shapes
 */
record StoredScale(String prefix, CheckpointIndex index) {

  static StoredScale of(Path checkpoint) throws IOException {
    String prefix = CheckpointDirectory.variables(checkpoint);
    return new StoredScale(prefix, CheckpointIndex.read(prefix));
  }
}
