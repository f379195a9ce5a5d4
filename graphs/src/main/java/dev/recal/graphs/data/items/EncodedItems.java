package dev.recal.graphs.data.items;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** Images as encoded files. */
public final class EncodedItems extends ImageItems {
  private static final String ORIENTATIONS = "item_orientations";

  private final ByteStore store;
  private final boolean onlyJpeg;
  private final int[] heights;
  private final int[] widths;
  private final Map<String, Tensor> tensors;

  /**
   * Takes over the store.
   *
   * @param headers of the images
   */
  public EncodedItems(List<String> names, ByteStore store, List<ImageHeader> headers) {
    super(names);
    this.heights = headers.stream().mapToInt(ImageHeader::height).toArray();
    this.widths = headers.stream().mapToInt(ImageHeader::width).toArray();
    this.store = store;
    this.onlyJpeg = headers.stream().allMatch(h -> h.format() == ImageHeader.Format.JPEG);
    Map<String, Tensor> all = new LinkedHashMap<>(store.tensors());
    if (!headers.stream().allMatch(ImageHeader::isUpright)) {
      all.put(
          ORIENTATIONS,
          TInt32.vectorOf(headers.stream().mapToInt(ImageHeader::orientation).toArray()));
    }
    this.tensors = Collections.unmodifiableMap(all);
  }

  @Override
  public int height(int item) {
    return heights[item];
  }

  @Override
  public int width(int item) {
    return widths[item];
  }

  @Override
  public Optional<Path> container(int item) {
    return store.container(item);
  }

  /**
   * Returns checksums of the contents of the images' files; empty if they are not files of their
   * own.
   *
   * @param sizes of the files in bytes
   */
  public Optional<long[]> fileChecksums(long[] sizes) {
    if (!(store instanceof ByteStore.Files files)) {
      return Optional.empty();
    }
    List<Path> paths = new ArrayList<>();
    files.paths().scalars().forEach(path -> paths.add(Path.of(path.getObject())));
    return Optional.of(FileContents.checksums(paths, sizes));
  }

  /** Whether all are JPEG files, so that parts of them can be decoded. */
  public boolean onlyJpeg() {
    return onlyJpeg;
  }

  @Override
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * Adds ops that read the orientation of an image, a scalar; empty if all are stored upright, as
   * most sets are, whose graphs then have no ops for it.
   */
  public Optional<Operand<TInt32>> orientation(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    return tensors.containsKey(ORIENTATIONS)
        ? Optional.of(tf.gather(arguments.get(ORIENTATIONS, TInt32.class), item, tf.constant(0)))
        : Optional.empty();
  }

  /** Adds ops that read the bytes of one encoded image. */
  public Operand<TString> bytes(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    return store.bytes(tf, arguments, item);
  }

  @Override
  public Operand<TUint8> image(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    Operand<TUint8> stored = ImageGraph.decode(tf, bytes(tf, arguments, item), onlyJpeg);
    return orientation(tf, arguments, item)
        .map(orientation -> Orientation.apply(tf, stored, orientation))
        .orElse(stored);
  }

  @Override
  void freeImages() {
    tensors.values().forEach(Tensor::close);
  }
}
