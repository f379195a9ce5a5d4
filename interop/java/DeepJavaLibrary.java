import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Loads a SavedModel with the Deep Java Library and calls it.
 *
 * <pre>
 * TENSORFLOW_LIBRARY_PATH=NATIVE java -Dai.djl.offline=true -cp CLASSES:JARS DeepJavaLibrary \
 *     ANSWERS_DIR SAMPLE_DIR...
 * </pre>
 *
 * <p>JARS: ai.djl.tensorflow:tensorflow-engine with what it needs, and Gson. NATIVE: the directory
 * {@code native/lib} of ai.djl.tensorflow:tensorflow-native-cu121, unpacked; without a GPU it
 * computes on the processor. The library loads one signature at a time and offers no variables.
 */
public final class DeepJavaLibrary {

  // One character per byte, so that bytes survive the conversion to strings.
  private static final Charset BYTES = StandardCharsets.ISO_8859_1;

  private DeepJavaLibrary() {}

  /** Loads and calls. */
  public static void main(String[] arguments) throws IOException {
    String version = Engine.getEngine("TensorFlow").getVersion();
    Exchange.run(version, arguments, DeepJavaLibrary::examine);
  }

  private static void examine(String directory, List<Exchange.Case> cases, Exchange exchange)
      throws IOException, ModelNotFoundException, MalformedModelException {
    Map<String, ZooModel<NDList, NDList>> models = new TreeMap<>();
    try {
      for (Exchange.Case one : cases) {
        if (!models.containsKey(one.signature())) {
          models.put(one.signature(), load(Path.of(directory), one.signature()));
        }
      }
      exchange.signatures(models.keySet());
      exchange.callAll(cases, one -> call(models.get(one.signature()), one));
    } finally {
      models.values().forEach(ZooModel::close);
    }
  }

  private static ZooModel<NDList, NDList> load(Path directory, String signature)
      throws ModelNotFoundException, MalformedModelException, IOException {
    return Criteria.builder()
        .setTypes(NDList.class, NDList.class)
        .optEngine("TensorFlow")
        .optModelPath(directory)
        .optOption("Tags", "serve")
        .optOption("SignatureDefKey", signature)
        .build()
        .loadModel();
  }

  private static Map<String, Exchange.Value> call(ZooModel<NDList, NDList> model, Exchange.Case one)
      throws TranslateException {
    try (Predictor<NDList, NDList> predictor = model.newPredictor();
        NDManager manager = model.getNDManager().newSubManager()) {
      NDList inputs = new NDList();
      one.inputs().forEach((name, value) -> inputs.add(array(manager, name, value)));
      NDList outputs = predictor.predict(inputs);
      outputs.attach(manager);
      Map<String, Exchange.Value> answers = new TreeMap<>();
      outputs.forEach(output -> answers.put(output.getName(), value(output)));
      return answers;
    }
  }

  private static NDArray array(NDManager manager, String name, Exchange.Value value) {
    Shape shape = new Shape(value.shape());
    NDArray array;
    if (value.isString()) {
      String[] strings =
          value.strings().stream().map(bytes -> new String(bytes, BYTES)).toArray(String[]::new);
      array = manager.create(strings, BYTES, shape);
    } else {
      DataType type = DataType.valueOf(value.dtype().toUpperCase(Locale.ROOT));
      array = manager.create(value.buffer(), shape, type);
    }
    array.setName(name);
    return array;
  }

  private static Exchange.Value value(NDArray array) {
    long[] shape = array.getShape().getShape();
    if (array.getDataType() == DataType.STRING) {
      List<byte[]> strings =
          List.of(array.toStringArray(BYTES)).stream().map(text -> text.getBytes(BYTES)).toList();
      return Exchange.Value.ofStrings(shape, strings);
    }
    String dtype = array.getDataType().name().toLowerCase(Locale.ROOT);
    return Exchange.Value.of(dtype, shape, array.toByteArray());
  }
}
