package dev.recal.tools.endurance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.graphs.weights.NameRules;
import dev.recal.models.synthesis.LatentFiles;
import dev.recal.ops.records.TfRecordWriter;
import dev.recal.tools.CommandResult;
import dev.recal.tools.TinyGenerator;
import dev.recal.tools.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.Int64List;

/** A whole file of each kind that Recal reads. */
final class FileSamples {

  private static final String NETWORK =
      "{\"preset\": \"resnet20-cifar\", \"repeats\": [1, 1], \"width\": 0.25}";

  /** 4 rows of 6 pixels, lossless. */
  private static final String WEBP =
      "UklGRi4AAABXRUJQVlA4TCIAAAAvBcAAALmM6H/sChHR/4BCthGgAzt/sR9hUI4sHhMAsNID";

  private static final int IMAGES = 8;

  private final Path root;

  private FileSamples(Path root) {
    this.root = root;
  }

  /** Writes all samples. */
  static void write(Path root) throws IOException {
    FileSamples samples = new FileSamples(root);
    samples.images();
    samples.folders();
    samples.data();
    samples.weights();
    TinyModel.write(root.resolve("model"));
    TinyGenerator.write(root.resolve("generator"));
    int latent = TinyGenerator.NETWORK.latent();
    LatentFiles.write(
        root.resolve("latents/z.json"), Latents.draw(1, 2, latent), latent, new JsonObject());
  }

  private void images() throws IOException {
    Path images = Files.createDirectories(root.resolve("images"));
    for (String type : List.of("png", "jpg", "gif", "bmp")) {
      TinyModel.image(images.resolve("image." + type));
    }
    Files.write(images.resolve("image.exif.jpg"), TinyModel.turnedJpeg(images));
  }

  private static byte[] png(int number) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(KilledTraining.noise(16, number), "png", png);
    return png.toByteArray();
  }

  private static String name(int number) {
    return (number % 2 == 0 ? "cat/" : "dog/") + number + ".png";
  }

  private void folders() throws IOException {
    Path folder = root.resolve("folder");
    Path zip = Files.createDirectories(root.resolve("zip"));
    try (ZipOutputStream deflated = zip(zip.resolve("deflated.zip"));
        ZipOutputStream stored = zip(zip.resolve("stored.zip"))) {
      for (int i = 0; i < IMAGES; i++) {
        byte[] png = png(i);
        file(folder.resolve(name(i)), png);
        deflated.putNextEntry(new ZipEntry(name(i)));
        deflated.write(png);
        stored.putNextEntry(stored(name(i), png));
        stored.write(png);
      }
    }
    for (String type : List.of("webp", "tiff")) {
      file(root.resolve(type).resolve("a/1.png"), png(1));
      file(root.resolve(type).resolve("b/2.png"), png(2));
    }
    file(root.resolve("webp/a/image.webp"), Base64.getDecoder().decode(WEBP));
    ImageIO.write(KilledTraining.noise(9, 3), "tiff", root.resolve("tiff/a/image.tiff").toFile());
    run("records", folder, "--out", root.resolve("shards"), "--shards", 1);
    recipe("run", "{\"type\": \"image-folder\", \"root\": \"" + folder + "\"}");
    run("train", root.resolve("run.json"), "--out", root.resolve("run"), "--plain");
  }

  private static ZipOutputStream zip(Path file) throws IOException {
    return new ZipOutputStream(Files.newOutputStream(file));
  }

  private static ZipEntry stored(String name, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    return entry;
  }

  private void recipe(String name, String source) throws IOException {
    String json =
        "{\"name\": \"%s\", \"network\": %s, \"data\": {\"training\": %s, \"evaluation\": %s,"
            + " \"imageSize\": 16, \"augmentation\": \"none\"}, \"training\": {\"batch\": 4,"
            + " \"steps\": 2, \"threads\": 1}}";
    Files.writeString(root.resolve(name + ".json"), json.formatted(name, NETWORK, source, source));
  }

  private void data() throws IOException {
    Path data = Files.createDirectories(root.resolve("data"));
    Path plain = data.resolve("plain.tfrecord");
    try (TfRecordWriter records = TfRecordWriter.create(plain);
        OutputStream cifar = Files.newOutputStream(data.resolve("cifar.bin"))) {
      for (int i = 0; i < IMAGES; i++) {
        records.write(example(png(i), i % 2).toByteArray());
        cifar.write(i);
        byte[] pixels = new byte[3 * 32 * 32];
        Endurance.random(i).nextBytes(pixels);
        cifar.write(pixels);
      }
    }
    try (OutputStream compressed =
        new GZIPOutputStream(Files.newOutputStream(data.resolve("compressed.tfrecord")))) {
      Files.copy(plain, compressed);
    }
    recipe("tf-records", "{\"type\": \"tf-records\", \"files\": [\"plain.tfrecord\"]}");
    recipe("tf-records-gzip", "{\"type\": \"tf-records\", \"files\": [\"compressed.tfrecord\"]}");
    recipe(
        "cifar",
        "{\"type\": \"cifar-binary\", \"files\": [\"cifar.bin\"], \"labels\": \"cifar10\"}");
  }

  private static Example example(byte[] png, int label) {
    BytesList image = BytesList.newBuilder().addValue(ByteString.copyFrom(png)).build();
    Int64List number = Int64List.newBuilder().addValue(label).build();
    Features features =
        Features.newBuilder()
            .putFeature("image/encoded", Feature.newBuilder().setBytesList(image).build())
            .putFeature("image/class/label", Feature.newBuilder().setInt64List(number).build())
            .build();
    return Example.newBuilder().setFeatures(features).build();
  }

  private void weights() throws IOException {
    Path weights = Files.createDirectories(root.resolve("weights"));
    Path run = root.resolve("run");
    Path torch = weights.resolve("torch.safetensors");
    run("export-weights", run, "--out", weights.resolve("weights.safetensors"));
    run("export-weights", run, "--out", weights.resolve("tensorflow"));
    run("export-weights", run, "--names", "torchvision", "--out", torch);
    JsonObject network = JsonParser.parseString(NETWORK).getAsJsonObject();
    network.addProperty("classes", 2);
    Files.writeString(weights.resolve("network.json"), network.toString());
    Files.writeString(weights.resolve("labels.txt"), "cat\ndog\n");
    try (InputStream rules = NameRules.class.getResourceAsStream("torchvision-resnet.names")) {
      Files.copy(rules, weights.resolve("rules.names"));
    }
    run(
        "import",
        weights.resolve("network.json"),
        torch,
        "--out",
        root.resolve("imported"),
        "--image-size",
        16);
  }

  private static void file(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private static void run(Object... arguments) throws IOException {
    CommandResult ran = CommandResult.of(arguments);
    if (ran.exit() != 0) {
      throw new IOException(String.join(" ", List.of(arguments).toString(), ran.err()));
    }
  }
}
