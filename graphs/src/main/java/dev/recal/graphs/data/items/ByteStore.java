package dev.recal.graphs.data.items;

import dev.recal.ops.runtime.TensorFlowLibrary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.data.DatasetToSingleElement;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** The location of the bytes of encoded images, and the ops that read them. */
public sealed interface ByteStore extends AutoCloseable {
  /** The tensors that {@link #bytes} needs among its arguments. */
  Map<String, Tensor> tensors();

  /** Adds ops that return the bytes of an item, a scalar. */
  Operand<TString> bytes(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item);

  /** Returns the file that holds an item among others; empty if an item is a file. */
  default Optional<Path> container(int item) {
    return Optional.empty();
  }

  @Override
  default void close() {
    tensors().values().forEach(Tensor::close);
  }

  /** Files of the file system, one per item. */
  record Files(TString paths) implements ByteStore {
    public static Files of(List<String> paths) {
      TensorFlowLibrary.require();
      return new Files(TString.vectorOf(paths.toArray(String[]::new)));
    }

    @Override
    public Map<String, Tensor> tensors() {
      return Map.of("item_paths", paths);
    }

    @Override
    public Operand<TString> bytes(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
      Operand<TString> all = arguments.get("item_paths", TString.class);
      return tf.io.readFile(tf.gather(all, item, tf.constant(0)));
    }
  }

  /** Encoded images in memory. */
  record Memory(TString contents) implements ByteStore {
    public static Memory of(List<byte[]> contents) {
      TensorFlowLibrary.require();
      return new Memory(
          TString.tensorOfBytes(NdArrays.vectorOfObjects(contents.toArray(byte[][]::new))));
    }

    @Override
    public Map<String, Tensor> tensors() {
      return Map.of("item_contents", contents);
    }

    @Override
    public Operand<TString> bytes(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
      return tf.gather(arguments.get("item_contents", TString.class), item, tf.constant(0));
    }
  }

  /**
   * Records of TFRecord files, addressed by their offsets, so that a data set can be read in any
   * order.
   *
   * @param paths of the files
   * @param files for each item, which file
   * @param offsets for each item, where its record begins
   * @param imageKey feature of the tf.train.Example that holds the encoded image
   */
  record Records(TString paths, TInt32 files, TInt64 offsets, String imageKey)
      implements ByteStore {
    private static final long READ_BUFFER_BYTES = 64 << 10;

    public static Records of(List<Path> paths, int[] files, long[] offsets, String imageKey) {
      TensorFlowLibrary.require();
      return new Records(
          TString.vectorOf(paths.stream().map(Path::toString).toArray(String[]::new)),
          TInt32.vectorOf(files),
          TInt64.vectorOf(offsets),
          imageKey);
    }

    @Override
    public Map<String, Tensor> tensors() {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("record_paths", paths);
      tensors.put("record_files", files);
      tensors.put("record_offsets", offsets);
      return tensors;
    }

    @Override
    public Optional<Path> container(int item) {
      return Optional.of(Path.of(paths.getObject(files.getInt(item))));
    }

    @Override
    public Operand<TString> bytes(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
      Operand<TInt32> axis = tf.constant(0);
      Operand<TInt32> file = tf.gather(arguments.get("record_files", TInt32.class), item, axis);
      Operand<TString> path = tf.gather(arguments.get("record_paths", TString.class), file, axis);
      Operand<TInt64> offset = tf.gather(arguments.get("record_offsets", TInt64.class), item, axis);
      var records =
          tf.data.tfRecordDataset(
              tf.expandDims(path, axis),
              tf.constant(""),
              tf.constant(READ_BUFFER_BYTES),
              tf.expandDims(offset, axis));
      List<Shape> scalar = List.of(Shape.scalar());
      var first = tf.data.takeDataset(records, tf.constant(1L), List.of(TString.class), scalar);
      DatasetToSingleElement record =
          tf.data.datasetToSingleElement(first, List.of(TString.class), scalar);
      var example =
          tf.io.parseSingleExample(
              ImageGraph.strings(record.components().get(0)),
              List.of(tf.constant("")),
              0L,
              List.of(),
              List.of(imageKey),
              List.of(),
              scalar);
      return ImageGraph.strings(example.denseValues().get(0));
    }
  }
}
