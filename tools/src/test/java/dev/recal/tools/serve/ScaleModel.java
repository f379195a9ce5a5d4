package dev.recal.tools.serve;

import com.google.gson.JsonObject;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import dev.recal.savedmodels.SavedModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * A model with known outputs, with a signature for each form of request.
 *
 * <ul>
 *   <li>{@code serving_default}: {@code x} (n, 2) → {@code y} = scale · x
 *   <li>{@code pair}: {@code a} (n), {@code b} int64 (n) → {@code sum}, {@code product}
 *   <li>{@code echo}: {@code text} strings (n) → {@code text}, {@code raw_bytes}
 *   <li>{@code inverse}: {@code x} (n, 2) → {@code y} = 1 / x
 *   <li>{@code total}: {@code x} (n, 2) → {@code y}, a scalar
 *   <li>{@code classify}: {@code inputs} examples (n) → {@code classes}, {@code scores} by x
 *   <li>{@code regress}: {@code inputs} examples (n) → {@code outputs} = scale · x
 * </ul>
 */
public final class ScaleModel {

  private ScaleModel() {}

  /** Writes a version {@code model/version} whose scale is given. */
  public static Path write(Path version, float scale) throws IOException {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.serving());
      Operand<TFloat32> factor = context.weight("scale", Shape.of(1), Initializer.ones());
      Servable servable = new Servable(store, signatures(GraphScope.ops(graph), factor), List.of());
      try (Session session = new Session(graph)) {
        store.initialize(session);
        store.assign(session, Map.of("scale", new float[] {scale}));
        // Written elsewhere first, so that a watching server only sees complete versions.
        Path elsewhere = Files.createTempDirectory("scale");
        Path written =
            new SavedModelWriter(new JsonObject(), List.of())
                .write(servable, session, elsewhere.resolve(version.getFileName()));
        setMethods(written.resolve("saved_model.pb"));
        Files.createDirectories(version.getParent());
        Files.move(written, version);
        Files.delete(elsewhere);
        return version;
      }
    }
  }

  private static List<ServableSignature> signatures(Ops tf, Operand<TFloat32> factor) {
    Operand<TFloat32> x = rows(tf, "x", 2);
    Operand<TFloat32> y = tf.math.mul(x, factor);
    Placeholder<TFloat32> a =
        tf.withName("a").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
    Placeholder<TInt64> b =
        tf.withName("b").placeholder(TInt64.class, Placeholder.shape(Shape.of(-1)));
    Operand<TFloat32> asFloat = tf.dtypes.cast(b, TFloat32.class);
    Placeholder<TString> text = strings(tf, "text");
    Map<String, Operand<?>> sums = new LinkedHashMap<>();
    sums.put("sum", tf.math.add(a, asFloat));
    sums.put("product", tf.math.mul(a, asFloat));
    Map<String, Operand<?>> echo = new LinkedHashMap<>();
    echo.put("text", tf.identity(text));
    echo.put("raw_bytes", tf.identity(text));
    Operand<TFloat32> inverse = tf.math.reciprocal(x);
    return List.of(
        new ServableSignature("serving_default", Map.of("x", x), Map.of("y", y)),
        new ServableSignature("pair", Map.of("a", a, "b", b), sums),
        new ServableSignature("echo", Map.of("text", text), echo),
        new ServableSignature("inverse", Map.of("x", x), Map.of("y", inverse)),
        new ServableSignature(
            "total", Map.of("x", x), Map.of("y", tf.reduceSum(x, tf.array(0, 1)))),
        examples(tf, factor, "classify"),
        examples(tf, factor, "regress"));
  }

  private static ServableSignature examples(Ops tf, Operand<TFloat32> factor, String key) {
    Placeholder<TString> inputs = strings(tf, key + "_inputs");
    Operand<TString> none = tf.fill(tf.constant(new int[] {0}), tf.constant(""));
    Operand<TFloat32> feature =
        tf.withName(key + "_example")
            .io
            .parseExample(
                inputs,
                none,
                none,
                tf.constant(NdArrays.vectorOfObjects("x")),
                none,
                List.of(tf.constant(0f)),
                0L,
                List.of(),
                List.of(),
                List.of(),
                List.of(Shape.scalar()))
            .denseValues()
            .get(0)
            .asOutput()
            .expect(TFloat32.class);
    if (key.equals("regress")) {
      return new ServableSignature(
          key, Map.of("inputs", inputs), Map.of("outputs", tf.math.mul(feature, factor)));
    }
    Operand<TFloat32> one = tf.math.sub(tf.constant(1f), feature);
    Operand<TFloat32> scores =
        tf.stack(List.of(feature, one), org.tensorflow.op.core.Stack.axis(1L));
    Operand<TString> classes =
        tf.broadcastTo(tf.constant(NdArrays.vectorOfObjects("yes", "no")), tf.shape(scores));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("classes", classes);
    outputs.put("scores", scores);
    return new ServableSignature(key, Map.of("inputs", inputs), outputs);
  }

  private static Operand<TFloat32> rows(Ops tf, String name, long width) {
    return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, width)));
  }

  private static Placeholder<TString> strings(Ops tf, String name) {
    return tf.withName(name).placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
  }

  // Only the file states the kind of call of a signature.
  private static void setMethods(Path file) throws IOException {
    SavedModel model = SavedModel.parseFrom(Files.readAllBytes(file));
    MetaGraphDef.Builder graph = model.getMetaGraphs(0).toBuilder();
    for (String key : List.of("classify", "regress")) {
      SignatureDef signature =
          graph.getSignatureDefOrThrow(key).toBuilder()
              .setMethodName("tensorflow/serving/" + key)
              .build();
      graph.putSignatureDef(key, signature);
    }
    Files.write(file, model.toBuilder().setMetaGraphs(0, graph).build().toByteArray());
  }
}
