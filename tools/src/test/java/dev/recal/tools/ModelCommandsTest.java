package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandsTest {

  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path directory;

  @BeforeAll
  static void write() throws IOException {
    model = shared.resolve("tiny");
    TinyModel.write(model);
  }

  @Test
  void inspectShowsSignaturesAndVariables() {
    CommandResult table = CommandResult.of("inspect", model);
    assertThat(table.exit()).isZero();
    assertThat(table.out())
        .contains("serving_default", "serving_bytes", "head/dense/kernel", "cat, dog");
    JsonObject json =
        JsonParser.parseString(CommandResult.of("inspect", model, "--json").out())
            .getAsJsonObject();
    JsonObject images =
        json.getAsJsonObject("signatures")
            .getAsJsonObject("serving_default")
            .getAsJsonObject("inputs")
            .getAsJsonObject("images");
    assertThat(images.get("shape")).hasToString("[-1,16,16,3]");
    assertThat(json.get("labels")).hasToString("[\"cat\",\"dog\"]");
    assertThat(json.get("parameters").getAsLong()).isGreaterThan(70_000);
  }

  @Test
  void inspectListsUnsupportedOperations() {
    for (String runtime : List.of("1.15", "2.4", "2.21")) {
      CommandResult ran = CommandResult.of("inspect", model, "--for", runtime, "--json");
      JsonObject report =
          JsonParser.parseString(ran.out()).getAsJsonObject().getAsJsonObject("for");
      assertThat(report.get("complete").getAsBoolean()).as(ran.out()).isTrue();
      assertThat(ran.exit()).isZero();
    }
    CommandResult lite = CommandResult.of("inspect", model, "--for", "tflite");
    assertThat(lite.out())
        .contains("TensorFlow Lite (tested with TensorFlow 2.21's converter")
        .containsPattern("serving_default +built-in +.*Conv2D");
    CommandResult unknown = CommandResult.of("inspect", model, "--for", "2.5");
    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.err()).contains("--for: there is no '2.5'.");
  }

  @Test
  void verifyDetectsChangedModel() throws IOException {
    CommandResult ran = CommandResult.of("verify", model);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("serving_default").contains("logits");

    Path changed = TinyModel.write(directory.resolve("changed"));
    Path golden;
    try (var files = Files.walk(changed.resolve("assets.extra"))) {
      golden = files.filter(f -> f.getFileName().toString().contains("output")).findFirst().get();
    }
    Map<String, TensorValue> outputs = Safetensors.read(golden);
    Arrays.fill(outputs.get("serving_default/logits").floats(), 3f);
    Safetensors.write(golden, outputs, Map.of());
    CommandResult refused = CommandResult.of("verify", changed);
    assertSentence(refused, 1, "File " + golden + " was changed after the model was written");
    Path metadata = changed.resolve("assets.extra/recal.json");
    JsonObject json = JsonParser.parseString(Files.readString(metadata)).getAsJsonObject();
    json.getAsJsonObject("savedmodel").remove("sha256");
    Files.writeString(metadata, json.toString());
    CommandResult broken = CommandResult.of("verify", changed);
    assertThat(broken.exit()).isEqualTo(1);
    assertThat(broken.out()).contains("NOT");
  }

  @Test
  void runCallsASignatureOnTensors() throws IOException {
    Path input = directory.resolve("in.safetensors");
    Path output = directory.resolve("out.safetensors");
    Safetensors.write(input, Map.of("images", TinyModel.images(3)), Map.of());
    CommandResult ran = CommandResult.of("run", model, "--input", input, "--output", output);
    assertThat(ran.exit()).as(ran.err()).isZero();
    float[] probabilities = Safetensors.read(output).get("probabilities").floats();
    assertThat(probabilities).hasSize(6);
    assertThat(probabilities[0] + probabilities[1]).isBetween(0.9999f, 1.0001f);

    CommandResult again = CommandResult.of("run", model, "--input", input, "--output", output);
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("already exists").contains("--force");
    assertThat(
            CommandResult.of("run", model, "--input", input, "--output", output, "--force").exit())
        .isZero();
  }

  @Test
  void runNamesNumbersThatAreNotFinite() throws IOException {
    TensorValue images = TinyModel.images(2);
    images.floats()[images.length() / 2 + 4] = Float.NaN;
    Path input = directory.resolve("in.safetensors");
    Safetensors.write(input, Map.of("images", images), Map.of());
    CommandResult ran =
        CommandResult.of("run", model, "--input", input, "--output", directory.resolve("out"));
    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .contains("recal: " + input + ": the tensor 'images' has NaN at [1, 0, 1, 1].");
  }

  @Test
  void otherFilesThanModelsAreNamedByTheirKind() throws IOException {
    Path hdf = directory.resolve("model.h5");
    Files.write(hdf, HexFormat.of().parseHex("894844460d0a1a0a00"));
    Path image = TinyModel.image(directory.resolve("image.png"));
    for (CommandResult ran :
        List.of(
            CommandResult.of("predict", hdf, image),
            CommandResult.of("inspect", hdf),
            CommandResult.of("verify", hdf),
            CommandResult.of("serve", hdf, "--port", "0"))) {
      assertSentence(
          ran,
          1,
          "model.h5 is an HDF5 file, as Keras 2 saves models and weights, but a SavedModel");
    }
    assertThat(CommandResult.of("export", hdf, directory.resolve("out")).err())
        .contains("expected the directory of a run, but got " + hdf + ", which is an HDF5 file");
    assertSentence(
        CommandResult.of("import", "resnet20-cifar", hdf, "--out", directory.resolve("out")),
        1,
        "not a safetensors file: load it with Keras and save its weights with safetensors.");
  }

  @Test
  void runTakesStringsFromTheCommandLine() throws IOException {
    Path image = TinyModel.image(directory.resolve("image.png"));
    Path output = directory.resolve("out.safetensors");
    String given = "image_bytes=@" + image;
    CommandResult ran =
        CommandResult.of(
            "run",
            model,
            "--signature",
            "serving_bytes",
            "--input",
            given,
            "--input",
            given,
            "--output",
            output);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(Safetensors.read(output).get("probabilities").shape().asArray())
        .containsExactly(2, 2);
    assertThat(ran.out()).containsPattern("labels: (cat|dog), (cat|dog)");

    String[] end = {"--output", output.toString(), "--force"};
    assertSentence(
        CommandResult.of("run", model, "--input", "images=text", end[0], end[1], end[2]),
        2,
        "--input: 'images' of signature 'serving_default' takes float32; pass a safetensors file");
    assertSentence(
        CommandResult.of(
            "run",
            model,
            "--signature",
            "serving_bytes",
            "--input",
            "image_byte=@" + image,
            end[0],
            end[1],
            end[2]),
        2,
        "Did you mean 'image_bytes'?");
    assertSentence(
        CommandResult.of(
            "run",
            model,
            "--signature",
            "serving_bytes",
            "--input",
            "image_bytes=@none.png",
            end[0],
            end[1],
            end[2]),
        1,
        "none.png");
    assertThat(
            CommandResult.of(
                    "run",
                    model,
                    "--signature",
                    "serving_bytes",
                    "--input",
                    "image_bytes=text",
                    end[0],
                    end[1],
                    end[2])
                .err())
        .contains("signature 'serving_bytes' cannot be computed from them");
  }

  @Test
  void runExplainsInvalidArguments() throws IOException {
    Path input = directory.resolve("in.safetensors");
    Path output = directory.resolve("out.safetensors");
    Safetensors.write(input, Map.of("image", TinyModel.images(1)), Map.of());
    String[] files = {"--input", input.toString(), "--output", output.toString()};
    assertSentence(
        CommandResult.of("run", model, files[0], files[1], files[2], files[3]), 1, "images");
    assertSentence(
        CommandResult.of(
            "run", model, "--signature", "serving_defualt", files[0], files[1], files[2], files[3]),
        2,
        "Did you mean 'serving_default'?");
    assertSentence(
        CommandResult.of(
            "run", model, "--signature", "serving_bytes", files[0], files[1], files[2], files[3]),
        1,
        "takes strings");
    Safetensors.write(
        input, Map.of("images", TensorValue.of(new double[4 * 4 * 3], 1, 4, 4, 3)), Map.of());
    assertSentence(
        CommandResult.of("run", model, files[0], files[1], files[2], files[3]), 1, "float64");
    assertSentence(
        CommandResult.of("run", model, files[0], files[1], "--output", directory.resolve("a/b")),
        1,
        "There is no directory");
    assertThat(output).doesNotExist();
  }

  @Test
  void runNamesFilesThatCannotBeRead() throws IOException {
    Path output = directory.resolve("out.safetensors");
    for (Path given : List.of(directory, directory.resolve("none.png"))) {
      CommandResult ran =
          CommandResult.of(
              "run",
              model,
              "--signature",
              "serving_bytes",
              "--input",
              "image_bytes=@" + given,
              "--output",
              output);
      assertSentence(ran, 1, "File " + given + " cannot be read: it ");
    }
  }

  @Test
  void predictAnswersForFilesAndFolders() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("images/inner"));
    TinyModel.image(folder.resolve("b.png"));
    TinyModel.image(directory.resolve("images/a.jpg"));
    CommandResult ran =
        CommandResult.of("predict", model, directory.resolve("images"), "--top-k", "1", "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonObject json = JsonParser.parseString(ran.out()).getAsJsonObject();
    assertThat(json.getAsJsonArray("images")).hasSize(2);
    JsonObject first = json.getAsJsonArray("images").get(0).getAsJsonObject();
    assertThat(first.get("file").getAsString()).endsWith("a.jpg");
    assertThat(first.getAsJsonArray("classes")).hasSize(1);
    assertThat(CommandResult.of("predict", model, folder.resolve("b.png")).out())
        .contains("cat", "dog");
  }

  @Test
  void predictTurnsPhotographsConvertsTiffAndNamesHeic() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("photographs"));
    TinyModel.image(folder.resolve("a.png"));
    TinyModel.image(folder.resolve("b.tiff"));
    byte[] turned = TinyModel.turnedJpeg(directory);
    Files.write(folder.resolve("c.jpg"), turned);
    Files.write(folder.resolve("d.png"), upright(turned));
    Files.writeString(folder.resolve("e.heic"), "\0\0\0\u0018ftypheic\0\0\0\0mif1heic");
    CommandResult ran = CommandResult.of("predict", model, folder, "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("e.heic", "It is a HEIC image, which cannot be decoded");
    JsonArray images = JsonParser.parseString(ran.out()).getAsJsonObject().getAsJsonArray("images");
    assertThat(images).hasSize(4);
    assertThat(classes(images, 1)).isEqualTo(classes(images, 0));
    assertThat(classes(images, 3)).isEqualTo(classes(images, 2));
  }

  private static JsonElement classes(JsonArray images, int index) {
    return images.get(index).getAsJsonObject().get("classes");
  }

  private static byte[] upright(byte[] photograph) throws IOException {
    try {
      return ServableImage.of(photograph);
    } catch (ImageHeader.UnusableImageException damaged) {
      throw new IOException(damaged);
    }
  }

  @Test
  void predictSkipsNonImages() throws IOException {
    Path good = TinyModel.image(directory.resolve("good.png"));
    byte[] bytes = Files.readAllBytes(good);
    Files.write(directory.resolve("cut.png"), Arrays.copyOf(bytes, bytes.length / 2));
    Files.writeString(directory.resolve("notes.jpg"), "no image");
    Files.createFile(directory.resolve("aa-empty.png"));

    CommandResult folder = CommandResult.of("predict", model, directory);
    assertThat(folder.exit()).isZero();
    assertThat(folder.out()).contains("good.png").doesNotContain("cut.png");
    assertThat(folder.err())
        .contains("cut.png", "notes.jpg", "aa-empty.png", "3 of 4 files skipped");

    assertThat(CommandResult.of("predict", model, good, directory.resolve("cut.png")).exit())
        .isEqualTo(1);
    CommandResult strict = CommandResult.of("predict", model, directory, "--strict");
    assertThat(strict.exit()).isEqualTo(1);
    assertThat(strict.out()).isEmpty();
    assertThat(strict.err()).contains("aa-empty.png cannot be used");
  }

  @Test
  void predictExplainsInvalidArguments() throws IOException {
    assertSentence(
        CommandResult.of("predict", model, directory.resolve("none.png")), 1, "none.png");
    assertSentence(CommandResult.of("predict", model, directory), 1, "There are no files");
    assertSentence(CommandResult.of("predict", model, directory, "--top-k", "0"), 2, "--top-k");
    Path image = TinyModel.image(directory.resolve("image.png"));
    assertSentence(CommandResult.of("predict", directory, image), 1, "is not a SavedModel");
    assertThat(CommandResult.of("predict", model).exit()).isEqualTo(2);
  }

  @Test
  void profileCountsByNameAndByFile() throws IOException {
    CommandResult ran = CommandResult.of("profile", "resnet20-cifar", "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(JsonParser.parseString(ran.out()).getAsJsonObject().get("parameters").getAsLong())
        .isEqualTo(272_474);
    Path file = directory.resolve("network.json");
    Files.writeString(file, "{\"preset\": \"resnet20-cifar\"}");
    CommandResult fromFile = CommandResult.of("profile", file, "--size", "32x32", "--json");
    assertThat(fromFile.out()).isEqualTo(ran.out());
    assertThat(CommandResult.of("profile", "--list").out()).contains("srm-resnet50");
  }

  @Test
  void profileExplainsInvalidArguments() throws IOException {
    assertSentence(CommandResult.of("profile", "resnet51"), 2, "Did you mean 'resnet50'?");
    assertSentence(CommandResult.of("profile"), 2, "NETWORK");
    assertSentence(CommandResult.of("profile", "resnet50", "--size", "big"), 2, "'big'");
    assertSentence(CommandResult.of("profile", directory.resolve("none.json")), 1, "none.json");
    Path file = directory.resolve("network.json");
    Files.writeString(file, "{\"preset\": \"resnet20-cifar\", \"widht\": 2}");
    assertSentence(CommandResult.of("profile", file), 2, "widht");
    Files.writeString(file, "{\n  // wider\n}");
    assertSentence(
        CommandResult.of("profile", file), 2, "network.json, line 2, column 3: this is not JSON");
    Files.write(file, new byte[] {'{', (byte) 0xe4});
    assertSentence(
        CommandResult.of("profile", file), 1, "expected UTF-8 text, but byte 0xe4 at position 1");
    assertSentence(
        CommandResult.of("train", file, "--out", directory.resolve("run")),
        1,
        "expected UTF-8 text");
    Files.writeString(file, "{\"name\": \"a\",}");
    assertSentence(
        CommandResult.of("train", file, "--out", directory.resolve("run")), 2, "line 1, column 13");
  }

  private static void assertSentence(CommandResult ran, int exit, String part) {
    assertThat(ran.exit()).as(ran.err()).isEqualTo(exit);
    assertThat(ran.err()).startsWith("recal: ").contains(part);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.out()).isEmpty();
  }
}
