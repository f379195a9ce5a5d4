package dev.recal.spark;

import dev.recal.graphs.files.DurableFiles;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A model that each executor can get from the driver, or from another executor. In parts, so that
 * no executor needs the memory for all of them.
 *
 * @param digest of its files
 * @param parts of its archive
 */
record ShippedModel(String digest, List<Broadcast<byte[]>> parts) implements Serializable {

  /** The copy on the driver's machine, and its description. */
  record Source(Path directory, SavedModelDescription description) {}

  /**
   * Describes a model, after copying it to this machine if it is somewhere else.
   *
   * @param model a path or a URI
   * @throws IOException if it is missing or damaged
   */
  static Source find(String model, Configuration hadoop) throws IOException {
    SavedModelDescription description = SavedModelReader.describe(local(model, hadoop));
    return new Source(description.directory(), description);
  }

  /** Offers a model to the executors of an application, for as long as it runs. */
  static ShippedModel ship(Path directory, SparkContext context) throws IOException {
    BroadcastStream stream = new BroadcastStream(context);
    String digest = ModelArchive.pack(directory, stream);
    return new ShippedModel(digest, stream.parts());
  }

  /** Loads the model on an executor. */
  Predictor open(PredictorSettings settings) throws IOException {
    Path copy = Files.createTempDirectory("recal-model-");
    try {
      ModelArchive.unpack(new SequenceInputStream(streams()), copy);
      return Predictor.open(copy, settings);
    } finally {
      // A loaded model needs its files no more.
      DurableFiles.delete(copy);
    }
  }

  // Lazily, so that one part after the other is fetched.
  private Enumeration<InputStream> streams() {
    Iterator<Broadcast<byte[]>> left = parts.iterator();
    return new Enumeration<>() {
      @Override
      public boolean hasMoreElements() {
        return left.hasNext();
      }

      @Override
      public InputStream nextElement() {
        return new ByteArrayInputStream(left.next().value());
      }
    };
  }

  private static Path local(String model, Configuration hadoop) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(model);
    String scheme = path.toUri().getScheme();
    if (scheme == null) {
      return Path.of(model);
    }
    if (scheme.equals("file")) {
      return Path.of(path.toUri().getPath());
    }
    FileSystem remote = path.getFileSystem(hadoop);
    if (!remote.exists(path)) {
      throw new IOException("There is no SavedModel directory " + model + ".");
    }
    Path copy = Files.createTempDirectory("recal-model-").resolve(path.getName());
    remote.copyToLocalFile(false, path, new org.apache.hadoop.fs.Path(copy.toUri()), true);
    return copy;
  }
}
