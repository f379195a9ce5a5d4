package dev.recal.graphs.synthesis.metrics;

import dev.recal.graphs.data.Augmentation;
import dev.recal.ops.GraphScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * Image files, decoded and brought to one square size, bilinear with antialiasing: the whole image,
 * so that the ratio of its sides is not kept, or its middle. Grey images become colour,
 * transparency is dropped.
 *
 * <p>Files that cannot be decoded are left out and named in {@link #skipped()}.
 */
public final class ImageFileStream implements ImageStream {

  // As many pixels of photographs as a few hundred megabytes hold while they are decoded.
  private static final int BATCH = 16;

  private final List<Path> files;
  private final int size;
  private final boolean crop;
  private final String name;
  private final List<Path> skipped = new ArrayList<>();

  /**
   * A stream over files.
   *
   * @param name what the files are together, for reports, for example their folder
   * @param files JPEG, PNG, GIF or BMP
   * @param size height and width that images get, in pixels
   * @param crop whether the middle of an image that is not square is taken, with its shorter side
   *     brought to the size, in place of the whole
   */
  public ImageFileStream(String name, List<Path> files, int size, boolean crop) {
    this.name = Objects.requireNonNull(name, "name");
    this.files = List.copyOf(files);
    this.size = size;
    this.crop = crop;
    if (size < 1) {
      throw new IllegalArgumentException("size: expected at least 1, but " + size + " came.");
    }
  }

  @Override
  public String description() {
    return String.format(
        "%s at %d×%d (%s, %s)",
        name,
        size,
        size,
        BatchResize.METHOD,
        crop ? "the middle of what is not square" : "the ratio of the sides not kept");
  }

  /** Returns the files that the last pass could not decode. */
  public List<Path> skipped() {
    return List.copyOf(skipped);
  }

  @Override
  public void forEach(Consumer<ImageBatch> sink) throws IOException {
    skipped.clear();
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TString> bytes =
          tf.placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
      Augmentation preparation = crop ? Augmentation.centerCrop(size) : Augmentation.none();
      Operand<TFloat32> images = preparation.decode(tf, bytes, size, size);
      try (Session session = new Session(graph)) {
        for (int from = 0; from < files.size(); from += BATCH) {
          List<Path> part = files.subList(from, Math.min(files.size(), from + BATCH));
          decode(session, bytes, images, part, sink);
        }
      }
    }
  }

  private void decode(
      Session session,
      Placeholder<TString> bytes,
      Operand<TFloat32> images,
      List<Path> part,
      Consumer<ImageBatch> sink)
      throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (Path file : part) {
      contents.add(Files.readAllBytes(file));
    }
    Optional<ImageBatch> batch = run(session, bytes, images, contents);
    if (batch.isPresent()) {
      sink.accept(batch.get());
      return;
    }
    // One bad file fails its batch; one by one, only itself.
    for (int i = 0; i < contents.size(); i++) {
      Optional<ImageBatch> one = run(session, bytes, images, contents.subList(i, i + 1));
      one.ifPresentOrElse(sink, skipping(part.get(i)));
    }
  }

  private Runnable skipping(Path file) {
    return () -> skipped.add(file);
  }

  private Optional<ImageBatch> run(
      Session session,
      Placeholder<TString> bytes,
      Operand<TFloat32> images,
      List<byte[]> contents) {
    try (TString fed =
            TString.tensorOfBytes(NdArrays.vectorOfObjects(contents.toArray(byte[][]::new)));
        Result result = session.runner().feed(bytes, fed).fetch(images).run()) {
      float[] pixels = new float[Math.toIntExact(result.get(0).shape().size())];
      ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(pixels);
      return Optional.of(ImageBatch.ofFloats(contents.size(), size, size, pixels));
    } catch (RuntimeException undecodable) {
      // TensorFlow's exceptions share no type of their own.
      return Optional.empty();
    }
  }
}
