package dev.recal.savedmodels;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.recal.ops.GraphScope;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.FingerprintDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.VersionDef;
import org.tensorflow.types.TString;

/**
 * {@code fingerprint.pb}, by which tools of TensorFlow 2 tell models apart ({@code
 * tf.saved_model.experimental.read_fingerprint}); no loader compares it with the files, which
 * {@link FileDigests} does.
 *
 * <p>The checksum of the file and the hashes of signatures and checkpoint are TensorFlow's. Those
 * of the graph and of its objects are of their serialized form; TensorFlow leaves out what changes
 * from one export to the next, which Recal does not write in the first place.
 */
final class Fingerprint {

  static final String FILE = "fingerprint.pb";

  // TensorFlow 2.18 writes this version.
  private static final int PRODUCER = 3;
  private static final long MULTIPLIER = 0xc6a4a7935bd1e995L;

  private Fingerprint() {}

  /** Writes the file beside the others of a model. */
  static void write(Path model, MetaGraphDef metaGraph) throws IOException {
    byte[] saved = Files.readAllBytes(model.resolve(ModelVersions.MODEL_FILE));
    Path index = model.resolve("variables").resolve("variables.index");
    Map<String, SignatureDef> signatures = new TreeMap<>(metaGraph.getSignatureDefMap());
    List<byte[]> texts = new ArrayList<>();
    texts.add(saved);
    texts.add(bytes(metaGraph.getGraphDef()));
    texts.add(bytes(metaGraph.getObjectGraphDef()));
    texts.add(Files.exists(index) ? Files.readAllBytes(index) : new byte[0]);
    signatures.forEach(
        (key, signature) -> {
          texts.add(key.getBytes(StandardCharsets.UTF_8));
          texts.add(bytes(signature));
        });
    long[] hashes = hashes(texts);
    long ofSignatures = 0;
    for (int i = 4; i < hashes.length; i++) {
      ofSignatures = joined(ofSignatures, hashes[i]);
    }
    FingerprintDef fingerprint =
        FingerprintDef.newBuilder()
            .setSavedModelChecksum(hashes[0])
            .setGraphDefProgramHash(hashes[1])
            .setSignatureDefHash(ofSignatures)
            .setSavedObjectGraphHash(hashes[2])
            .setCheckpointHash(hashes[3])
            .setVersion(VersionDef.newBuilder().setProducer(PRODUCER))
            .build();
    Files.write(model.resolve(FILE), fingerprint.toByteArray());
  }

  private static byte[] bytes(MessageLite message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream stream = CodedOutputStream.newInstance(bytes);
    stream.useDeterministicSerialization();
    try {
      message.writeTo(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("A protocol buffer has another size than it says.", e);
    }
    return bytes;
  }

  // FarmHash's Fingerprint64, by TensorFlow itself.
  private static long[] hashes(List<byte[]> texts) {
    try (Graph graph = new Graph();
        Tensor data = Tensors.toTensor(TensorValue.ofBytes(texts))) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TString> strings =
          tf.placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
      var hashed = tf.fingerprint(strings, tf.constant("farmhash64"));
      try (Session session = new Session(graph);
          Result result = session.runner().feed(strings, data).fetch(hashed).run()) {
        byte[] bytes = new byte[texts.size() * Long.BYTES];
        result.get(0).asRawTensor().data().read(bytes);
        long[] hashes = new long[texts.size()];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(hashes);
        return hashes;
      }
    }
  }

  // FingerprintCat64 of TensorFlow's fingerprint.h.
  private static long joined(long first, long second) {
    long result = first ^ shifted(second * MULTIPLIER) * MULTIPLIER;
    result *= MULTIPLIER;
    return shifted(shifted(result) * MULTIPLIER);
  }

  private static long shifted(long value) {
    return value ^ value >>> 47;
  }
}
