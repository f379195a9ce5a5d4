import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.DataType;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.framework.MetaGraphDef;
import org.tensorflow.framework.SignatureDef;
import org.tensorflow.framework.TensorInfo;
import org.tensorflow.framework.VariableDef;
import org.tensorflow.types.UInt8;

/**
 * Loads a SavedModel with the Java of TensorFlow 1.15 and calls it.
 *
 * <pre>java -cp CLASSES:JARS TensorFlow1 ANSWERS_DIR SAMPLE_DIR...</pre>
 *
 * <p>JARS: org.tensorflow:libtensorflow:1.15.0, libtensorflow_jni:1.15.0, proto:1.15.0 with what
 * they need, and Gson.
 */
public final class TensorFlow1 {

  private final SavedModelBundle bundle;
  private final MetaGraphDef meta;

  private TensorFlow1(SavedModelBundle bundle) throws InvalidProtocolBufferException {
    this.bundle = bundle;
    this.meta = MetaGraphDef.parseFrom(bundle.metaGraphDef());
  }

  /** Loads, lists and calls. */
  public static void main(String[] arguments) throws IOException {
    Exchange.run(TensorFlow.version(), arguments, TensorFlow1::examine);
  }

  private static void examine(String directory, List<Exchange.Case> cases, Exchange exchange)
      throws InvalidProtocolBufferException {
    try (SavedModelBundle bundle = SavedModelBundle.load(directory, "serve")) {
      TensorFlow1 model = new TensorFlow1(bundle);
      exchange.signatures(model.meta.getSignatureDefMap().keySet());
      model.variables(exchange);
      exchange.callAll(cases, model::call);
    }
  }

  private void variables(Exchange exchange) throws InvalidProtocolBufferException {
    Set<String> trainable = new HashSet<>();
    for (VariableDef variable : collection("trainable_variables")) {
      trainable.add(variable.getVariableName());
    }
    List<VariableDef> variables = collection("variables");
    Session.Runner runner = bundle.session().runner();
    variables.forEach(variable -> runner.fetch(variable.getSnapshotName()));
    List<Tensor<?>> values = runner.run();
    for (int i = 0; i < values.size(); i++) {
      String name = variables.get(i).getVariableName();
      exchange.variable(name, trainable.contains(name), value(values.get(i)));
      values.get(i).close();
    }
  }

  private List<VariableDef> collection(String name) throws InvalidProtocolBufferException {
    List<VariableDef> variables = new ArrayList<>();
    for (ByteString bytes : meta.getCollectionDefOrThrow(name).getBytesList().getValueList()) {
      variables.add(VariableDef.parseFrom(bytes));
    }
    return variables;
  }

  private Map<String, Exchange.Value> call(Exchange.Case one) {
    SignatureDef signature = meta.getSignatureDefOrThrow(one.signature());
    Session.Runner runner = bundle.session().runner();
    List<Tensor<?>> tensors = new ArrayList<>();
    try {
      for (Map.Entry<String, Exchange.Value> input : one.inputs().entrySet()) {
        Tensor<?> tensor = tensor(input.getValue());
        tensors.add(tensor);
        runner.feed(signature.getInputsOrThrow(input.getKey()).getName(), tensor);
      }
      Map<String, TensorInfo> outputs = new TreeMap<>(signature.getOutputsMap());
      outputs.values().forEach(output -> runner.fetch(output.getName()));
      List<Tensor<?>> results = runner.run();
      tensors.addAll(results);
      Map<String, Exchange.Value> answers = new TreeMap<>();
      int index = 0;
      for (String name : outputs.keySet()) {
        answers.put(name, value(results.get(index++)));
      }
      return answers;
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private static Tensor<?> tensor(Exchange.Value value) {
    if (value.isString()) {
      return Tensor.create(value.strings().toArray(byte[][]::new), String.class);
    }
    Class<?> type =
        switch (value.dtype()) {
          case "float32" -> Float.class;
          case "int32" -> Integer.class;
          case "int64" -> Long.class;
          case "uint8" -> UInt8.class;
          default -> throw new IllegalArgumentException("No tensors of " + value.dtype() + ".");
        };
    return Tensor.create(type, value.shape(), value.buffer());
  }

  private static Exchange.Value value(Tensor<?> tensor) {
    if (tensor.dataType() == DataType.STRING) {
      return Exchange.Value.ofStrings(tensor.shape(), strings(tensor));
    }
    ByteBuffer bytes = ByteBuffer.allocate(tensor.numBytes());
    tensor.writeTo(bytes);
    return Exchange.Value.of(dtype(tensor.dataType()), tensor.shape(), bytes.array());
  }

  private static List<byte[]> strings(Tensor<?> tensor) {
    int rows = (int) tensor.shape()[0];
    if (tensor.numDimensions() == 1) {
      return Arrays.asList(tensor.copyTo(new byte[rows][]));
    }
    List<byte[]> all = new ArrayList<>();
    for (byte[][] row : tensor.copyTo(new byte[rows][(int) tensor.shape()[1]][])) {
      all.addAll(Arrays.asList(row));
    }
    return all;
  }

  private static String dtype(DataType type) {
    return switch (type) {
      case FLOAT -> "float32";
      case DOUBLE -> "float64";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }
}
