package dev.recal.savedmodels;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.recal.ops.GraphScope;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.FingerprintDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.VersionDef;
import org.tensorflow.types.TString;

/**
 * {@code fingerprint.pb}, by which TensorFlow 2 tools distinguish models ({@code
 * tf.saved_model.experimental.read_fingerprint}); no loader compares it with the files, which
 * {@link FileDigests} does.
 *
 * <p>Every hash is FarmHash's Fingerprint64: of the file, of the checkpoint's index as in
 * TensorFlow, and of the serialized graph, objects and signatures. TensorFlow normalises these
 * three before hashing, so the hashes are only comparable between exports of Recal.
 */
final class Fingerprint {

  static final String FILE = "fingerprint.pb";

  // TensorFlow 2.18 writes this version.
  private static final int PRODUCER = 3;

  private Fingerprint() {}

  /** Writes the file to a model. */
  static void write(Path model, MetaGraphDef metaGraph) throws IOException {
    Path index = model.resolve("variables").resolve("variables.index");
    MetaGraphDef signatures =
        MetaGraphDef.newBuilder().putAllSignatureDef(metaGraph.getSignatureDefMap()).build();
    long[] hashes =
        hashes(
            List.of(
                FileBytes.read(model.resolve(ModelVersions.MODEL_FILE)),
                bytes(metaGraph.getGraphDef()),
                bytes(signatures),
                bytes(metaGraph.getObjectGraphDef()),
                Files.exists(index) ? FileBytes.read(index) : new byte[0]));
    FingerprintDef fingerprint =
        FingerprintDef.newBuilder()
            .setSavedModelChecksum(hashes[0])
            .setGraphDefProgramHash(hashes[1])
            .setSignatureDefHash(hashes[2])
            .setSavedObjectGraphHash(hashes[3])
            .setCheckpointHash(hashes[4])
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
      throw new UncheckedIOException("A protocol buffer has another size than it declares.", e);
    }
    return bytes;
  }

  private static long[] hashes(List<byte[]> texts) {
    try (Graph graph = Graphs.create();
        Tensor data = Tensors.toTensor(TensorValue.ofBytes(texts))) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TString> strings =
          tf.placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
      var hashed = tf.fingerprint(strings, tf.constant("farmhash64"));
      try (Session session = Sessions.unoptimised(graph);
          Result result = session.runner().feed(strings, data).fetch(hashed).run()) {
        byte[] bytes = new byte[texts.size() * Long.BYTES];
        result.get(0).asRawTensor().data().read(bytes);
        long[] hashes = new long[texts.size()];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(hashes);
        return hashes;
      }
    }
  }
}
