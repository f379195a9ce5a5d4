package dev.recal.savedmodels;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.files.FileFailures;
import dev.recal.savedmodels.meta.ExportedGraph;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.SavedModel;

/**
 * Writes SavedModels that TensorFlow loads in any language: a clean graph with resource variables,
 * collections and a saver, without default attributes.
 *
 * <p>The written model is loaded again and run on the golden inputs before it is published; a
 * reader never sees a partial model, and a failure leaves nothing behind. {@code recal.json}
 * records the SHA-256 of every file, also of those that a {@link ModelAddition} writes.
 *
 * @param metadata the contents of {@code assets.extra/recal.json}: configuration, seeds, metrics
 * @param golden inputs to run and record; may be empty
 * @param tolerance the maximum relative error of a copy of the model on any machine
 */
public record SavedModelWriter(JsonObject metadata, List<GoldenCase> golden, double tolerance) {

  private static final Logger LOG = LoggerFactory.getLogger(SavedModelWriter.class);
  private static final int SCHEMA_VERSION = 1;

  /** Copies its settings. */
  public SavedModelWriter {
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "tolerance: expected from 0 to less than 1, but got " + tolerance + ".");
    }
    metadata = metadata.deepCopy();
    golden = List.copyOf(golden);
    long keys = golden.stream().map(GoldenCase::signature).distinct().count();
    if (keys != golden.size()) {
      throw new IllegalArgumentException("golden: expected at most one case for each signature.");
    }
    for (GoldenCase one : golden) {
      one.inputs()
          .forEach(
              (name, value) -> {
                if (value.type() == ElementType.STRING) {
                  throw new IllegalArgumentException(
                      "golden: expected numbers, but input '"
                          + name
                          + "' of '"
                          + one.signature()
                          + "' holds strings.");
                }
              });
    }
  }

  /** Returns a writer of a model that computes in float32. */
  public SavedModelWriter(JsonObject metadata, List<GoldenCase> golden) {
    this(metadata, golden, Verification.TOLERANCE);
  }

  /** Returns a writer without metadata and golden cases. */
  public static SavedModelWriter plain() {
    return new SavedModelWriter(new JsonObject(), List.of());
  }

  /**
   * Writes a model.
   *
   * @param servable an inference graph with its signatures; the graph is not changed
   * @param session holds the values of its variables
   * @param target {@code <model>/<integer version>}, which must not exist, or {@code <model>}, in
   *     which the next free version is created
   * @return the directory of the version
   * @throws IllegalArgumentException if the servable cannot be exported
   * @throws IOException if the directory cannot be written, or the written model does not match the
   *     session
   */
  public Path write(Servable servable, Session session, Path target) throws IOException {
    return write(servable, session, target, directory -> {});
  }

  /**
   * Writes a model with further files.
   *
   * @param servable an inference graph with its signatures; the graph is not changed
   * @param session holds the values of its variables
   * @param target {@code <model>/<integer version>}, which must not exist, or {@code <model>}, in
   *     which the next free version is created
   * @param addition writes them, after the model is complete and verified
   * @return the directory of the version
   * @throws IllegalArgumentException if the servable cannot be exported
   * @throws IOException if the directory cannot be written, the written model does not match the
   *     session, or the addition fails
   */
  public Path write(Servable servable, Session session, Path target, ModelAddition addition)
      throws IOException {
    Objects.requireNonNull(session, "session");
    checkLabels(servable);
    ExportedGraph exported = ExportedGraph.of(servable);
    Map<String, Map<String, TensorValue>> outputs = runGolden(servable, session);
    Path version = ModelVersions.next(target);
    try (Publication publication = Publication.begin(version)) {
      fill(publication.directory(), servable, session, exported, outputs);
      addition.addTo(publication.directory());
      FileDigests.write(publication.directory(), describe(servable, exported));
      Path published = publication.publish();
      LOG.debug(
          "Wrote {} variables and {} operations to {}",
          exported.variables().size(),
          exported.metaGraph().getGraphDef().getNodeCount(),
          published);
      return published;
    }
  }

  private void fill(
      Path directory,
      Servable servable,
      Session session,
      ExportedGraph exported,
      Map<String, Map<String, TensorValue>> outputs)
      throws IOException {
    try {
      if (!exported.variables().isEmpty()) {
        Path variables = Files.createDirectory(directory.resolve("variables"));
        CheckpointFiles.write(session, exported, variables.resolve("variables").toString());
      }
      SavedModel model =
          SavedModel.newBuilder()
              .setSavedModelSchemaVersion(SCHEMA_VERSION)
              .addMetaGraphs(exported.metaGraph())
              .build();
      try (OutputStream file = Files.newOutputStream(directory.resolve(ModelVersions.MODEL_FILE))) {
        model.writeTo(file);
      }
      Fingerprint.write(directory, exported.metaGraph());
      Files.createDirectory(directory.resolve(Extras.DIRECTORY));
      Extras.writeLabels(directory, servable.labels());
      writeGolden(directory, outputs);
      FileDigests.write(directory, describe(servable, exported));
    } catch (RuntimeException | IOException e) {
      throw new IOException(
          "target: the SavedModel could not be written to "
              + directory.getParent()
              + "; nothing was left there ("
              + (e instanceof IOException file
                  ? FileFailures.reason(file)
                  : TensorFlowFailures.reason(e))
              + ").",
          e);
    }
    Verification.of(directory).requireSound();
  }

  private JsonObject describe(Servable servable, ExportedGraph exported) {
    JsonObject own = new JsonObject();
    own.addProperty("form", exported.variables().isEmpty() ? "flat" : "flat, objects");
    own.addProperty("tensorflow", TensorFlow.version());
    own.addProperty(Extras.TOLERANCE, tolerance);
    JsonArray signatures = new JsonArray();
    servable.signatures().forEach(signature -> signatures.add(signature.key()));
    own.add("signatures", signatures);
    own.addProperty("variables", exported.variables().size());
    own.addProperty(
        "parameters",
        exported.variables().stream()
            .filter(variable -> variable.trainable())
            .mapToLong(variable -> variable.size())
            .sum());
    JsonObject all = metadata.deepCopy();
    all.add(Extras.WRITER, own);
    return all;
  }

  private Map<String, Map<String, TensorValue>> runGolden(Servable servable, Session session) {
    Map<String, Map<String, TensorValue>> outputs = new LinkedHashMap<>();
    for (GoldenCase one : golden) {
      ServableSignature signature =
          servable.signatures().stream()
              .filter(candidate -> candidate.key().equals(one.signature()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "golden: there is no signature '" + one.signature() + "'."));
      outputs.put(
          signature.key(),
          SignatureCall.run(session, SignatureDescription.of(signature), one.inputs()));
    }
    return outputs;
  }

  private void writeGolden(Path directory, Map<String, Map<String, TensorValue>> outputs)
      throws IOException {
    if (golden.isEmpty()) {
      return;
    }
    Map<String, TensorValue> in = new LinkedHashMap<>();
    Map<String, TensorValue> out = new LinkedHashMap<>();
    for (GoldenCase one : golden) {
      one.inputs().forEach((name, value) -> in.put(one.signature() + "/" + name, value));
      outputs
          .get(one.signature())
          .forEach(
              (name, value) -> {
                if (value.type() != ElementType.STRING) {
                  out.put(one.signature() + "/" + name, value);
                }
              });
    }
    Safetensors.write(Extras.file(directory, Extras.GOLDEN_INPUTS), in, Map.of());
    Safetensors.write(Extras.file(directory, Extras.GOLDEN_OUTPUTS), out, Map.of());
  }

  private static void checkLabels(Servable servable) {
    for (String label : servable.labels()) {
      if (label.indexOf('\n') >= 0 || label.indexOf('\r') >= 0) {
        throw new IllegalArgumentException(
            "labels: expected one line for each label, but '" + label + "' has several.");
      }
    }
  }
}
