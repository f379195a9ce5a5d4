package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import java.io.IOException;
import java.util.Arrays;
import org.tensorflow.ndarray.Shape;

/** Reads nested lists into one tensor; the first value defines the shape of the others. */
final class TensorBuilder {

  private static final int UNKNOWN = -1;

  private final ElementType type;
  private final ElementBuffer elements;
  // Sizes by level; unknown until the first list of a level has ended.
  private final long[] sizes = new long[RestJson.MAX_DEPTH];
  private int rank = UNKNOWN;
  private int values;

  TensorBuilder(ElementType type) {
    this.type = type;
    elements = new ElementBuffer(type);
    Arrays.fill(sizes, UNKNOWN);
  }

  /** Adds the current scalar or list of the parser, of the same shape as the previous ones. */
  void add(JsonParser parser) throws IOException {
    add(parser, 0);
    values++;
  }

  /** Adds a scalar of bytes; the parser is at the first name of its base64 object. */
  void addBase64(JsonParser parser) throws IOException {
    leaf(0);
    elements.addBase64(parser);
    values++;
  }

  int values() {
    return values;
  }

  /** Returns all values, concatenated. */
  TensorValue stacked() {
    long[] shape = new long[rank + 1];
    shape[0] = values;
    System.arraycopy(sizes, 0, shape, 1, rank);
    return new TensorValue(type, Shape.of(shape), elements.toArray());
  }

  /** Returns the only value. */
  TensorValue single() {
    return new TensorValue(type, Shape.of(Arrays.copyOf(sizes, rank)), elements.toArray());
  }

  private void add(JsonParser parser, int level) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      leaf(level);
      elements.add(parser);
      return;
    }
    if (rank != UNKNOWN && level >= rank) {
      throw ServingException.invalid(
          "Encountered list at unexpected level: " + level + " expected < " + rank);
    }
    long count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      add(parser, level + 1);
      count++;
    }
    if (count == 0 && rank == UNKNOWN) {
      rank = level + 1;
    }
    if (sizes[level] == UNKNOWN) {
      sizes[level] = count;
    } else if (sizes[level] != count) {
      throw ServingException.invalid(
          "Encountered list at unexpected size: "
              + count
              + " at level: "
              + level
              + " expected size: "
              + sizes[level]);
    }
  }

  private void leaf(int level) {
    if (rank == UNKNOWN) {
      rank = level;
    } else if (rank != level) {
      throw ServingException.invalid(
          "A value was found at incorrect level: "
              + (level + 1)
              + " in the JSON DOM. Expected at level: "
              + rank);
    }
  }
}
