package dev.recal.spark;

import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;

/**
 * A model that each executor can get from the driver.
 *
 * @param digest of its files
 */
record ShippedModel(String digest) implements Serializable {

  /** The copy on the driver's machine, and its description. */
  record Source(Path directory, SavedModelDescription description) {}

  /**
   * Describes a model, after copying it to this machine if it is somewhere else.
   *
   * @param model a path or a URI
   * @throws IOException if it is missing or damaged
   */
  static Source find(String model, Configuration hadoop) throws IOException {
    Path directory = local(model, hadoop);
    SavedModelDescription description = SavedModelReader.describe(directory);
    return new Source(description.directory(), description);
  }

  /** Offers a model to the executors of an application, for as long as it runs. */
  static ShippedModel ship(Path directory, SparkContext context) throws IOException {
    Path temporary = Files.createTempDirectory("recal-model-");
    Path packed = temporary.resolve("model.zip");
    ShippedModel model = new ShippedModel(ModelArchive.pack(directory, packed));
    Path named = Files.move(packed, temporary.resolve(model.archive()));
    // Executors may start at any time, so the file stays until the driver ends.
    temporary.toFile().deleteOnExit();
    named.toFile().deleteOnExit();
    context.addFile(named.toUri().toString());
    return model;
  }

  /** Extracts the model on an executor; Spark deletes the directory with the executor's files. */
  Path unpack() throws IOException {
    Path target = Files.createTempDirectory(Path.of(SparkFiles.getRootDirectory()), "recal-model-");
    ModelArchive.unpack(Path.of(SparkFiles.get(archive())), target);
    return target;
  }

  private String archive() {
    return "recal-model-" + digest + ".zip";
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
