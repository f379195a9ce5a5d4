package dev.recal.savedmodels.check;

import dev.recal.savedmodels.meta.RegisteredOps;
import org.tensorflow.proto.VersionDef;

/** Checks a graph's versions, which TensorFlow numbers separately from its releases. */
final class VersionCheck {

  private VersionCheck() {}

  static void check(VersionDef versions) throws Problem {
    int own = RegisteredOps.graphVersion();
    if (versions.getProducer() < 0 || versions.getMinConsumer() < 0) {
      throw new Problem("its graph has a negative version");
    }
    if (versions.getMinConsumer() > own) {
      throw new Problem(
          "its graph needs a reader of version %d, and TensorFlow %s is of version %d",
          versions.getMinConsumer(), RegisteredOps.version(), own);
    }
    if (versions.getBadConsumersList().contains(own)) {
      throw new Problem(
          "its graph lists TensorFlow %s, a reader of version %d, as a bad consumer",
          RegisteredOps.version(), own);
    }
  }
}
