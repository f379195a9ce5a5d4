package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Writes responses in TensorFlow Serving's format. */
public final class ResponseWriter {

  private static final String BYTES_SUFFIX = "_bytes";

  /** Writes into a generator. */
  interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  private ResponseWriter() {}

  /**
   * Returns the response to {@code :predict}.
   *
   * @throws ServingException if the outputs have no common rows although rows are requested
   */
  public static byte[] prediction(Map<String, TensorValue> outputs, boolean rows) {
    return rows ? predictions(outputs) : outputs(outputs);
  }

  /** Returns an error. */
  public static byte[] error(String message) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("error", message);
          json.writeEndObject();
        });
  }

  /**
   * Returns the response to {@code :classify}: a list of label and score pairs for each example.
   */
  public static byte[] classifications(Map<String, TensorValue> outputs, int examples) {
    ExampleOutputs results = ExampleOutputs.classification(outputs, examples);
    int width = results.width();
    return results(
        json -> {
          for (int row = 0; row < examples; row++) {
            json.writeStartArray();
            for (int i = row * width; i < (row + 1) * width; i++) {
              json.writeStartArray();
              json.writeString(text(results.label(i)));
              json.writeNumber(results.score(i));
              json.writeEndArray();
            }
            json.writeEndArray();
          }
        });
  }

  /** Returns the response to {@code :regress}: a number for each example. */
  public static byte[] regressions(Map<String, TensorValue> outputs, int examples) {
    float[] values = ExampleOutputs.regression(outputs, examples);
    return results(
        json -> {
          for (float value : values) {
            json.writeNumber(value);
          }
        });
  }

  /** Returns the output of a writer. */
  static byte[] write(Content content) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder();
        JsonGenerator json = RestJson.FACTORY.createGenerator(bytes)) {
      content.write(json);
      json.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] results(Content content) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("results");
          content.write(json);
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static byte[] predictions(Map<String, TensorValue> outputs) {
    int rows = commonRows(outputs);
    boolean named = outputs.size() > 1;
    return write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("predictions");
          for (int row = 0; row < rows; row++) {
            if (named) {
              json.writeStartObject();
            }
            for (Map.Entry<String, TensorValue> output : outputs.entrySet()) {
              if (named) {
                json.writeFieldName(output.getKey());
              }
              TensorValue value = output.getValue();
              int width = value.length() / rows;
              new TensorText(json, value, bytes(output)).write(1, row * width);
            }
            if (named) {
              json.writeEndObject();
            }
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static byte[] outputs(Map<String, TensorValue> outputs) {
    boolean named = outputs.size() > 1;
    return write(
        json -> {
          json.writeStartObject();
          json.writeFieldName("outputs");
          if (named) {
            json.writeStartObject();
          }
          for (Map.Entry<String, TensorValue> output : outputs.entrySet()) {
            if (named) {
              json.writeFieldName(output.getKey());
            }
            new TensorText(json, output.getValue(), bytes(output)).write(0, 0);
          }
          if (named) {
            json.writeEndObject();
          }
          json.writeEndObject();
        });
  }

  private static int commonRows(Map<String, TensorValue> outputs) {
    int rows = -1;
    for (Map.Entry<String, TensorValue> output : outputs.entrySet()) {
      TensorValue value = output.getValue();
      if (value.shape().numDimensions() == 0) {
        throw ServingException.invalid(
            "Tensor name: " + output.getKey() + " has no shape information ");
      }
      if (rows >= 0 && value.rows() != rows) {
        throw ServingException.invalid(
            "Tensor name: "
                + output.getKey()
                + " has inconsistent batch size: "
                + value.rows()
                + " expecting: "
                + rows);
      }
      rows = value.rows();
    }
    return rows;
  }

  // TensorFlow has one type for texts and bytes; the name distinguishes them.
  private static boolean bytes(Map.Entry<String, TensorValue> output) {
    return output.getKey().endsWith(BYTES_SUFFIX);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Writes a tensor, or a part of it, as nested lists. */
  private record TensorText(JsonGenerator json, TensorValue value, boolean bytes) {

    /** Writes the part of some level that begins at an element; returns where the next begins. */
    int write(int level, int from) throws IOException {
      if (level == value.shape().numDimensions()) {
        element(from);
        return from + 1;
      }
      json.writeStartArray();
      int next = from;
      for (long i = 0; i < value.shape().get(level); i++) {
        next = write(level + 1, next);
      }
      json.writeEndArray();
      return next;
    }

    private void element(int index) throws IOException {
      switch (value.type()) {
        case FLOAT32, FLOAT16, BFLOAT16 -> json.writeNumber(value.floats()[index]);
        case FLOAT64 -> json.writeNumber(value.doubles()[index]);
        case INT32 -> json.writeNumber(value.ints()[index]);
        case INT64 -> json.writeNumber(value.longs()[index]);
        case UINT8 -> json.writeNumber(value.unsignedBytes()[index] & 0xFF);
        case BOOL -> json.writeBoolean(value.booleans()[index]);
        case STRING -> string(value.byteStrings()[index]);
      }
    }

    private void string(byte[] string) throws IOException {
      if (bytes) {
        json.writeStartObject();
        json.writeStringField("b64", Base64.getEncoder().encodeToString(string));
        json.writeEndObject();
      } else {
        json.writeString(text(string));
      }
    }
  }
}
