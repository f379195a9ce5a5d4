package dev.recal.ops.checkpoint;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.ops.Variable;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.records.UntrustedMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The contents of a TensorFlow checkpoint, read from its {@code PREFIX.index}: names, types and
 * shapes.
 *
 * <p>TensorFlow Java has no checkpoint reader: {@code RestoreV2} needs names and types, and cannot
 * list what a checkpoint contains.
 *
 * @param tensors by key, sorted
 */
public record CheckpointIndex(Map<String, Entry> tensors) {

  /** The suffix that TensorFlow 2's object-based checkpoints append to a variable's name. */
  public static final String VALUE_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE";

  private static final int MAX_NAMED = 5;

  // Python escapes the slashes in names of variables when it saves them again.
  private static final Pattern ESCAPED = Pattern.compile("\\.([S.])");

  private static final long MAX_INDEX_BYTES = 256L << 20;

  /** Copies the map. */
  public CheckpointIndex {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /**
   * A stored tensor.
   *
   * @param type of its elements
   * @param shape fully known
   */
  public record Entry(DataType type, Shape shape) {}

  /**
   * Returns the key under which a variable is stored: its name, as in training checkpoints, or the
   * name of an object's value, as in SavedModels and in checkpoints that Python saves again.
   *
   * @param variable its name
   * @return empty if it is not stored
   */
  public Optional<String> key(String variable) {
    String escaped = variable.replace(".", "..").replace("/", ".S");
    return Stream.of(variable, variable + VALUE_SUFFIX, escaped + VALUE_SUFFIX)
        .filter(tensors::containsKey)
        .findFirst();
  }

  /**
   * Compares the checkpoint with the variables of a graph.
   *
   * @param scope the prefix of the variables' names in the checkpoint; usually empty
   * @param variables of the graph
   * @return a phrase for each variable that is missing or has another shape, at most six: the last
   *     one then counts the others
   */
  public List<String> mismatches(String scope, Collection<? extends Variable<?>> variables) {
    return mismatches(variables, variable -> scope + variable.name());
  }

  /**
   * Returns the variables that are missing or have another shape, a few words each.
   *
   * @param names what each is called here
   */
  public List<String> mismatches(
      Collection<? extends Variable<?>> variables, Function<Variable<?>, String> names) {
    List<String> found = new ArrayList<>();
    for (Variable<?> variable : variables) {
      Entry entry = key(names.apply(variable)).map(tensors::get).orElse(null);
      if (entry == null) {
        found.add(variable.name() + " is missing");
      } else if (!entry.shape().equals(variable.shape())) {
        found.add(variable.name() + " has shape " + entry.shape() + ", not " + variable.shape());
      }
    }
    if (found.size() <= MAX_NAMED) {
      return found;
    }
    List<String> summarise = new ArrayList<>(found.subList(0, MAX_NAMED));
    summarise.add("and " + (found.size() - MAX_NAMED) + " more");
    return summarise;
  }

  /**
   * Returns the name of the variable that is stored under a key, the counterpart of {@link #key}.
   */
  public static String variable(String key) {
    if (!key.endsWith(VALUE_SUFFIX)) {
      return key;
    }
    String name = key.substring(0, key.length() - VALUE_SUFFIX.length());
    return ESCAPED.matcher(name).replaceAll(match -> match.group(1).equals("S") ? "/" : ".");
  }

  /** Returns the index file of a prefix. */
  public static Path file(String prefix) {
    return Path.of(prefix + ".index");
  }

  /**
   * Reads the index.
   *
   * @param prefix for example {@code CHECKPOINT/variables}
   * @throws IOException if there is none, it is damaged, or data files are missing or too short;
   *     one sentence that names the file
   */
  public static CheckpointIndex read(String prefix) throws IOException {
    Path file = file(prefix);
    if (!Files.isRegularFile(file)) {
      throw new IOException("There is no TensorFlow checkpoint " + prefix + " (no " + file + ").");
    }
    if (Files.size(file) > MAX_INDEX_BYTES) {
      throw new IOException(
          "File " + file + " is not a checkpoint index: it has " + Files.size(file) + " bytes.");
    }
    try {
      return parse(prefix, FileBytes.read(file));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("File " + file + " is not a checkpoint index: an entry is damaged.", e);
    } catch (MissingDataException e) {
      throw new IOException(e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new IOException(
          "File " + file + " is not a checkpoint index: " + FileFailures.reason(e) + ".", e);
    }
  }

  private static CheckpointIndex parse(String prefix, byte[] bytes) throws IOException {
    Map<String, Entry> tensors = new LinkedHashMap<>();
    BundleHeaderProto header = null;
    Map<Integer, Long> needed = new LinkedHashMap<>();
    long sliced = 0;
    for (TableFile.Entry entry : TableFile.read(bytes)) {
      if (entry.key().length == 0) {
        header = UntrustedMessages.parse(BundleHeaderProto.parser(), entry.value());
        continue;
      }
      String key = new String(entry.key(), StandardCharsets.UTF_8);
      BundleEntryProto tensor = UntrustedMessages.parse(BundleEntryProto.parser(), entry.value());
      if (tensor.getOffset() < 0 || tensor.getSize() < 0) {
        throw new IOException("tensor '" + key + "' has a negative offset or size");
      }
      needed.merge(tensor.getShardId(), end(tensor), Math::max);
      Shape shape = shape(key, tensor.getShape());
      sliced = Math.max(sliced, requireSize(key, tensor, shape));
      tensors.put(key, new Entry(tensor.getDtype(), shape));
    }
    if (header == null) {
      throw new IOException("it has no header");
    }
    requireData(prefix, header.getNumShards(), needed);
    if (sliced > needed.values().stream().mapToLong(Long::longValue).sum()) {
      throw new IOException("the slices of a tensor claim more bytes than all files have");
    }
    return new CheckpointIndex(tensors);
  }

  private static long end(BundleEntryProto tensor) throws IOException {
    try {
      return Math.addExact(tensor.getOffset(), tensor.getSize());
    } catch (ArithmeticException e) {
      throw new IOException("a tensor's size is out of range", e);
    }
  }

  private static Shape shape(String key, TensorShapeProto proto) throws IOException {
    long[] sizes = new long[proto.getDimCount()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = proto.getDim(i).getSize();
      if (sizes[i] < 0) {
        throw new IOException("tensor '" + key + "' has a negative size");
      }
    }
    return Shape.of(sizes);
  }

  // TensorFlow allocates the memory that the shape claims before it checks the size. Returns the
  // bytes claimed by a value in slices, whose parts have separate keys, else 0.
  private static long requireSize(String key, BundleEntryProto tensor, Shape shape)
      throws IOException {
    boolean plain = ElementWidth.isPlain(tensor.getDtype());
    long bytes = plain ? ElementWidth.of(tensor.getDtype()) : 1;
    for (long size : shape.asArray()) {
      if (size != 0 && bytes > Long.MAX_VALUE / size) {
        throw new IOException("tensor '" + key + "' has a shape that is out of range");
      }
      bytes *= size;
    }
    if (tensor.getSlicesCount() > 0) {
      return bytes;
    }
    // A string takes at least one byte.
    if (plain ? bytes != tensor.getSize() : bytes > tensor.getSize()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "tensor '%s' of %s %s has %d bytes",
              key,
              tensor.getDtype(),
              shape,
              tensor.getSize()));
    }
    return 0;
  }

  private static void requireData(String prefix, int shards, Map<Integer, Long> needed)
      throws IOException {
    for (Map.Entry<Integer, Long> shard : needed.entrySet()) {
      Path data =
          Path.of(
              String.format(Locale.ROOT, "%s.data-%05d-of-%05d", prefix, shard.getKey(), shards));
      if (!Files.isRegularFile(data)) {
        throw new MissingDataException("The checkpoint " + prefix + " is missing its file " + data);
      }
      long size = Files.size(data);
      if (size < shard.getValue()) {
        throw new MissingDataException(
            String.format(
                Locale.ROOT,
                "The checkpoint's file %s has %d bytes, but its index needs %d",
                data,
                size,
                shard.getValue()));
      }
    }
  }

  // A separate error, because the index is not damaged here.
  private static final class MissingDataException extends IOException {
    private static final long serialVersionUID = 1L;

    MissingDataException(String message) {
      super(message);
    }
  }
}
