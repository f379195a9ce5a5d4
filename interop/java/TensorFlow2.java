import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Loads a SavedModel with the Java of TensorFlow 2 and calls it.
 *
 * <pre>java -cp CLASSES:JARS TensorFlow2 ANSWERS_DIR SAMPLE_DIR...</pre>
 *
 * <p>JARS: org.tensorflow:tensorflow-core-api of any version from 0.3 to 1.1 with its native
 * library and what they need, and Gson. Compiled against each of them: the packages of the protocol
 * buffers and the class of results changed between 0.5 and 1.0, which {@code var} bridges.
 */
public final class TensorFlow2 {

  private static final int VARIABLE_NAME = 1;
  private static final int SNAPSHOT_NAME = 3;

  private final SavedModelBundle bundle;

  private TensorFlow2(SavedModelBundle bundle) {
    this.bundle = bundle;
  }

  /** Loads, lists and calls. */
  public static void main(String[] arguments) throws IOException {
    Exchange.run(TensorFlow.version(), arguments, TensorFlow2::examine);
  }

  private static void examine(String directory, List<Exchange.Case> cases, Exchange exchange)
      throws InvalidProtocolBufferException {
    try (SavedModelBundle bundle = SavedModelBundle.load(directory, "serve")) {
      TensorFlow2 model = new TensorFlow2(bundle);
      exchange.signatures(bundle.metaGraphDef().getSignatureDefMap().keySet());
      model.variables(exchange);
      exchange.callAll(cases, model::call);
    }
  }

  private void variables(Exchange exchange) throws InvalidProtocolBufferException {
    Set<String> trainable = new HashSet<>();
    for (UnknownFieldSet variable : collection("trainable_variables")) {
      trainable.add(text(variable, VARIABLE_NAME));
    }
    List<UnknownFieldSet> variables = collection("variables");
    Session.Runner runner = bundle.session().runner();
    variables.forEach(variable -> runner.fetch(text(variable, SNAPSHOT_NAME)));
    var values = runner.run();
    for (int i = 0; i < variables.size(); i++) {
      String name = text(variables.get(i), VARIABLE_NAME);
      try (Tensor tensor = values.get(i)) {
        exchange.variable(name, trainable.contains(name), value(tensor));
      }
    }
  }

  private List<UnknownFieldSet> collection(String name) throws InvalidProtocolBufferException {
    List<UnknownFieldSet> variables = new ArrayList<>();
    var collection = bundle.metaGraphDef().getCollectionDefOrThrow(name);
    for (ByteString bytes : collection.getBytesList().getValueList()) {
      variables.add(UnknownFieldSet.parseFrom(bytes));
    }
    return variables;
  }

  private static String text(UnknownFieldSet message, int field) {
    return message.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
  }

  private Map<String, Exchange.Value> call(Exchange.Case one) {
    var signature = bundle.metaGraphDef().getSignatureDefOrThrow(one.signature());
    Session.Runner runner = bundle.session().runner();
    List<Tensor> tensors = new ArrayList<>();
    try {
      for (Map.Entry<String, Exchange.Value> input : one.inputs().entrySet()) {
        Tensor tensor = tensor(input.getValue());
        tensors.add(tensor);
        runner.feed(signature.getInputsOrThrow(input.getKey()).getName(), tensor);
      }
      List<String> names = new ArrayList<>(signature.getOutputsMap().keySet());
      names.forEach(name -> runner.fetch(signature.getOutputsOrThrow(name).getName()));
      var results = runner.run();
      Map<String, Exchange.Value> answers = new TreeMap<>();
      for (int i = 0; i < names.size(); i++) {
        tensors.add(results.get(i));
        answers.put(names.get(i), value(results.get(i)));
      }
      return answers;
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private static Tensor tensor(Exchange.Value value) {
    if (value.isString()) {
      byte[][] strings = value.strings().toArray(byte[][]::new);
      return TString.tensorOfBytes(NdArrays.vectorOfObjects(strings));
    }
    Class<? extends TType> type =
        switch (value.dtype()) {
          case "float32" -> TFloat32.class;
          case "int32" -> TInt32.class;
          case "int64" -> TInt64.class;
          case "uint8" -> TUint8.class;
          default -> throw new IllegalArgumentException("No tensors of " + value.dtype() + ".");
        };
    return Tensor.of(type, Shape.of(value.shape()), DataBuffers.of(value.raw()));
  }

  private static Exchange.Value value(Tensor tensor) {
    long[] shape = tensor.shape().asArray();
    if (tensor instanceof TString text) {
      List<byte[]> strings = new ArrayList<>();
      text.asBytes().scalars().forEach(scalar -> strings.add(scalar.getObject()));
      return Exchange.Value.ofStrings(shape, strings);
    }
    ByteDataBuffer data = tensor.asRawTensor().data();
    byte[] raw = new byte[Math.toIntExact(data.size())];
    data.read(raw);
    return Exchange.Value.of(dtype(tensor), shape, raw);
  }

  private static String dtype(Tensor tensor) {
    String name = tensor.dataType().name();
    return switch (name) {
      case "DT_FLOAT" -> "float32";
      case "DT_DOUBLE" -> "float64";
      default -> name.substring("DT_".length()).toLowerCase(Locale.ROOT);
    };
  }
}
