package dev.recal.graphs.weights;

import dev.recal.ops.VariableStore;
import java.io.IOException;
import org.tensorflow.Session;

/** A directory with the settings of a model and its weights. */
public interface StoredModel {

  /** Returns what the weights belong to. */
  Architecture architecture();

  /** Returns rows and columns of images to build the model with. */
  int imageSize();

  /** Returns the prefix that TensorFlow reads the variables from. */
  String prefix();

  /**
   * Writes the directory.
   *
   * @param session holds the variables' values
   * @param store the graph's variables; the graph gets operations that save them
   * @throws IOException if the directory is not empty, or cannot be written
   */
  void write(Session session, VariableStore store) throws IOException;
}
