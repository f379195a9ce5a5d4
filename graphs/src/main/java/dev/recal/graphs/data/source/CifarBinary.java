package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.PixelItems;
import dev.recal.graphs.data.items.Pixels;
import dev.recal.ops.files.TextFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * CIFAR-10 or CIFAR-100 in the authors' binary version: records of one label byte (CIFAR-100: a
 * coarse and a fine one) and 3,072 bytes of a 32×32 image, channel after channel.
 *
 * <p>Class names come from {@code batches.meta.txt}, {@code fine_label_names.txt} or {@code
 * coarse_label_names.txt} beside the files if present, and are numbers otherwise.
 *
 * @param files in the order in which they are read
 * @param labels which labels the files have, and which are used
 */
public record CifarBinary(List<Path> files, Labels labels) implements DataSource {
  /** The kinds of labels. */
  public enum Labels {
    /** The one label of CIFAR-10. */
    CIFAR10(1, 0, 10, "batches.meta.txt"),
    /** The 100 fine labels of CIFAR-100. */
    CIFAR100_FINE(2, 1, 100, "fine_label_names.txt"),
    /** The 20 coarse labels of CIFAR-100. */
    CIFAR100_COARSE(2, 0, 20, "coarse_label_names.txt");

    private final int bytes;
    private final int position;
    private final int classes;
    private final String namesFile;

    Labels(int bytes, int position, int classes, String namesFile) {
      this.bytes = bytes;
      this.position = position;
      this.classes = classes;
      this.namesFile = namesFile;
    }
  }

  private static final int SIZE = 32;
  private static final int PLANE = SIZE * SIZE;
  private static final int IMAGE_BYTES = 3 * PLANE;

  public CifarBinary {
    files = List.copyOf(files);
    Objects.requireNonNull(labels, "labels");
    if (files.isEmpty()) {
      throw new IllegalArgumentException("files: expected at least one file, but got none.");
    }
  }

  /**
   * The training or the test files of a folder under their usual names.
   *
   * @param folder with data_batch_1.bin … and test_batch.bin, or train.bin and test.bin
   * @param train whether those for training
   * @param labels used if the folder holds CIFAR-100; CIFAR-10 is recognised
   * @throws IllegalArgumentException if the folder holds none of them
   */
  public static CifarBinary of(Path folder, boolean train, Labels labels) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "folder: expected a folder of CIFAR binary files, but " + folder + " is not a folder.");
    }
    String ten = train ? "data_batch_.*\\.bin" : "test_batch\\.bin";
    String hundred = train ? "train\\.bin" : "test\\.bin";
    List<Path> tens = matching(folder, ten);
    if (!tens.isEmpty()) {
      return new CifarBinary(tens, Labels.CIFAR10);
    }
    List<Path> hundreds = matching(folder, hundred);
    if (hundreds.isEmpty()) {
      throw new IllegalArgumentException(
          "folder: expected "
              + (train ? "data_batch_1.bin … or train.bin" : "test_batch.bin or ")
              + (train ? "" : "test.bin")
              + ", but "
              + folder
              + " holds neither.");
    }
    return new CifarBinary(hundreds, labels == Labels.CIFAR10 ? Labels.CIFAR100_FINE : labels);
  }

  private static List<Path> matching(Path folder, String pattern) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.getFileName().toString().matches(pattern)).sorted().toList();
    }
  }

  @Override
  public DataSource at(Path base) {
    return new CifarBinary(
        files.stream().map(file -> base.resolve(file).toAbsolutePath().normalize()).toList(),
        labels);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    int record = labels.bytes + IMAGE_BYTES;
    long records = 0;
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(
            "files: expected CIFAR binary files, but " + file + " is not a file.");
      }
      records += Files.size(file) / record;
    }
    if (!Pixels.fits(records, SIZE, SIZE, settings.memoryLimitBytes())) {
      throw new IllegalArgumentException(
          "files: expected to fit into memoryLimitBytes ("
              + settings.memoryLimitBytes()
              + ") when decoded, but got "
              + records
              + " images.");
    }
    String name = files.size() == 1 ? files.get(0).toString() : files.get(0) + " …";
    DataSetAssembly assembly = new DataSetAssembly(name, settings);
    Pixels pixels = new Pixels(Math.toIntExact(records), SIZE, SIZE);
    Contents contents = new Contents(pixels);
    try {
      for (Path file : files) {
        read(file, assembly, contents);
      }
      return assembly.decoded(
          classNames(),
          new PixelItems(contents.names, pixels),
          contents.labels.stream().mapToInt(Integer::intValue).toArray(),
          contents.digest);
    } catch (IOException e) {
      pixels.close();
      throw e;
    }
  }

  /** The contents read so far. */
  private static final class Contents {
    private final Pixels pixels;
    private final List<String> names = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private final Digest digest = new Digest();

    Contents(Pixels pixels) {
      this.pixels = pixels;
    }
  }

  private void read(Path file, DataSetAssembly assembly, Contents contents) throws IOException {
    int record = labels.bytes + IMAGE_BYTES;
    byte[] bytes = new byte[record];
    byte[] image = new byte[IMAGE_BYTES];
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
      for (int index = 0; ; index++) {
        int length = stream.readNBytes(bytes, 0, record);
        String name = file.getFileName() + "#" + index;
        if (length == 0) {
          return;
        }
        int label = Byte.toUnsignedInt(bytes[labels.position]);
        if (length < record) {
          assembly.skip(name, "is truncated (" + length + " of " + record + " bytes)");
        } else if (label >= labels.classes) {
          assembly.skip(name, "has label " + label + ", greater than " + (labels.classes - 1));
        } else {
          interleave(bytes, labels.bytes, image);
          contents.pixels.write(contents.names.size(), image, 0, IMAGE_BYTES);
          contents.names.add(name);
          contents.labels.add(label);
          contents.digest.add(bytes, record);
        }
      }
    }
  }

  private static void interleave(byte[] planes, int offset, byte[] image) {
    for (int i = 0; i < PLANE; i++) {
      image[3 * i] = planes[offset + i];
      image[3 * i + 1] = planes[offset + PLANE + i];
      image[3 * i + 2] = planes[offset + 2 * PLANE + i];
    }
  }

  private List<String> classNames() throws IOException {
    Path names = files.get(0).resolveSibling(labels.namesFile);
    if (Files.isRegularFile(names)) {
      List<String> lines =
          TextFiles.lines(names).stream().map(String::strip).filter(s -> !s.isEmpty()).toList();
      if (lines.size() == labels.classes) {
        return lines;
      }
    }
    int digits = String.valueOf(labels.classes - 1).length();
    return IntStream.range(0, labels.classes)
        .mapToObj(label -> String.format(Locale.ROOT, "%0" + digits + "d", label))
        .toList();
  }
}
