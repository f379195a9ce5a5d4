package dev.recal.graphs.detection;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.weights.Architecture;
import dev.recal.graphs.weights.StoredModel;
import dev.recal.graphs.weights.StoredWeights;
import dev.recal.ops.VariableStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Session;

/**
 * A directory with a detector and its weights: {@code detector.json}, {@code labels.txt}, and
 * TensorFlow's {@code variables.index} and {@code variables.data-…} under the variables' own names.
 *
 * @param directory its path
 * @param description the description of the detector
 * @param labels the class names, without background
 */
public record StoredDetector(Path directory, Description description, List<String> labels)
    implements StoredModel {

  /** The file with the description of the detector. */
  public static final String DETECTOR = "detector.json";

  private static final String KEY = "detector";

  /**
   * The description of a detector and its weights.
   *
   * @param detector the settings
   * @param origin the origin of the weights, as text
   */
  public record Description(Detector detector, String origin) {

    /** Rejects missing parts. */
    public Description {
      Objects.requireNonNull(detector, "detector");
      Objects.requireNonNull(origin, "origin");
    }
  }

  /** Rejects a number of labels other than the number of classes, and labels with line breaks. */
  public StoredDetector {
    labels = List.copyOf(labels);
    StoredWeights.requireLabels(labels, description.detector().classes());
  }

  /** Returns whether a directory is a stored detector. */
  public static boolean isAt(Path directory) {
    return files(directory).exists();
  }

  private static StoredWeights files(Path directory) {
    return new StoredWeights(directory, DETECTOR);
  }

  /**
   * Opens an existing directory.
   *
   * @throws IOException if files are missing or damaged
   */
  public static StoredDetector open(Path directory) throws IOException {
    return files(directory)
        .read((json, labels) -> new StoredDetector(directory, description(json), labels));
  }

  private static Description description(JsonElement json) {
    if (!(json instanceof JsonObject object) || !object.has(KEY)) {
      throw new IllegalArgumentException("detector: expected a detector, but there is none.");
    }
    JsonObject expanded = object.deepCopy();
    expanded.add(KEY, DetectorJson.expand(expanded.get(KEY)));
    return Networks.json().read(expanded, Description.class);
  }

  @Override
  public Architecture architecture() {
    return new DetectorArchitecture(description.detector());
  }

  @Override
  public int imageSize() {
    return DetectorArchitecture.IMAGE_SIZE;
  }

  @Override
  public String prefix() {
    return files(directory).prefix();
  }

  @Override
  public void write(Session session, VariableStore store) throws IOException {
    files(directory).write(Networks.json().write(description), labels, session, store);
  }
}
