package dev.recal.spark;

import dev.recal.models.predict.FileBatches;
import dev.recal.ops.Arguments;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The outputs of a signature, each in a column of its name: a number or a text if the output has
 * one for each image, otherwise an array in row-major order.
 *
 * @param signature the key
 * @param input the name of its only input, a vector of image files
 * @param outputs in the order of the signature
 */
record SignatureOutputs(String signature, String input, List<Output> outputs)
    implements ResultColumns {

  /** An output, and whether it has a single element for each image. */
  record Output(String name, ElementType type, boolean single) implements Serializable {

    static Output of(String name, TensorDescription tensor) {
      ElementType type =
          ElementType.of(tensor.type())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "signature: output '"
                              + name
                              + "' is a tensor of "
                              + tensor.typeName()
                              + ", which cannot be read."));
      return new Output(name, type, tensor.shape().numDimensions() == 1);
    }

    DataType column() {
      return single ? element() : DataTypes.createArrayType(element(), false);
    }

    private DataType element() {
      return switch (type) {
        case FLOAT32, FLOAT16, BFLOAT16 -> DataTypes.FloatType;
        case FLOAT64 -> DataTypes.DoubleType;
        case INT32, UINT8 -> DataTypes.IntegerType;
        case INT64 -> DataTypes.LongType;
        case BOOL -> DataTypes.BooleanType;
        case STRING -> DataTypes.StringType;
      };
    }

    Object value(TensorValue row) {
      Object[] elements = new Object[row.length()];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = element(row.data(), i);
      }
      return single ? elements[0] : elements;
    }

    private static Object element(Object data, int index) {
      if (data instanceof byte[][] strings) {
        return new String(strings[index], StandardCharsets.UTF_8);
      }
      return data instanceof byte[] unsigned
          ? (Object) Byte.toUnsignedInt(unsigned[index])
          : Array.get(data, index);
    }
  }

  /**
   * Returns the columns of a signature.
   *
   * @throws IllegalArgumentException if it does not take one vector of strings, or if an output has
   *     no row for each image or an unsupported type
   */
  static SignatureOutputs of(SignatureDescription signature) {
    Map<String, TensorDescription> inputs = signature.inputs();
    Arguments.require(
        signature.batched()
            && inputs.size() == 1
            && inputs.values().stream().allMatch(SignatureOutputs::isFiles),
        "signature",
        "one that takes a vector of image files and answers each",
        "'" + signature.key() + "' with " + inputs + " → " + signature.outputs());
    List<Output> outputs = new ArrayList<>();
    signature.outputs().forEach((name, tensor) -> outputs.add(Output.of(name, tensor)));
    return new SignatureOutputs(
        signature.key(), inputs.keySet().iterator().next(), List.copyOf(outputs));
  }

  private static boolean isFiles(TensorDescription tensor) {
    return ElementType.of(tensor.type()).equals(Optional.of(ElementType.STRING))
        && tensor.shape().numDimensions() == 1;
  }

  @Override
  public StructType fields() {
    StructType fields = new StructType();
    for (Output output : outputs) {
      fields = fields.add(output.name(), output.column());
    }
    return fields;
  }

  @Override
  public FileBatches.Call<Object[]> call(Predictor predictor) {
    return images -> {
      Map<String, TensorValue> answers =
          predictor.call(signature, Map.of(input, TensorValue.ofBytes(images)));
      List<Object[]> rows = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        int row = i;
        rows.add(
            outputs.stream()
                .map(output -> output.value(answers.get(output.name()).rows(row, row + 1)))
                .toArray());
      }
      return rows;
    };
  }
}
