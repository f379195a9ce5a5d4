package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.models.faces.FacePairs;
import dev.recal.models.faces.NpyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of 'recal faces', with a small network trained for two steps on drawn faces. */
class FacesCommandsTest {

  private static final String RECIPE =
      """
      {
        "name": "tiny",
        "network": {
          "preset": "mobilefacenet", "channels": 8, "lastChannels": 16, "embedding": 6,
          "stages": [{"expansion": 2, "channels": 8, "repeats": 1, "stride": 2}]
        },
        "data": {
          "training": {"type": "drawn-faces", "identities": 4, "perIdentity": 4, "size": 32},
          "holdOut": 0.25,
          "imageSize": 32,
          "augmentation": {"type": "pad-crop-flip", "padding": 0}
        },
        "training": {"batch": 6, "steps": 2}
      }
      """;

  @TempDir static Path directory;

  private static Path run;
  private static Path faces;
  private static Path pairs;

  @BeforeAll
  static void trainAndDraw() throws IOException {
    Path recipe = directory.resolve("tiny.json");
    Files.writeString(recipe, RECIPE);
    run = directory.resolve("run");
    run("train", recipe, "--plain", "--out", run);
    faces = directory.resolve("faces");
    draw(faces, "--seed", 4);
    pairs = faces.resolve("pairs.txt");
  }

  private static String run(Object... words) {
    CommandResult ran = CommandResult.of(words);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out();
  }

  private static void draw(Path out, Object... more) {
    List<Object> words = new ArrayList<>(List.of("faces", "draw", "--out", out));
    words.addAll(List.of("--identities", 6, "--images", 3, "--size", 48, "--folds", 2));
    words.addAll(List.of(more));
    run(words.toArray());
  }

  @Test
  void verificationOfImagesIsThatOfTheirEmbeddings() throws IOException {
    Path out = directory.resolve("verification");
    String byModel = run("faces", "verify", run, faces, "--pairs", pairs, "--out", out);
    assertThat(byModel)
        .startsWith("36 pairs in 2 folds: accuracy ")
        .contains("area under the ROC curve ")
        .containsPattern("FAR +TAR");
    assertThat(ImageIO.read(out.resolve("roc.png").toFile()).getHeight()).isEqualTo(720);
    assertThat(Files.readAllLines(out.resolve("pairs.csv"))).hasSize(37);
    JsonObject result =
        JsonParser.parseString(Files.readString(out.resolve("verification.json")))
            .getAsJsonObject();
    assertThat(result.getAsJsonArray("folds")).hasSize(2);

    Path embeddings = directory.resolve("embeddings.npy");
    String embedded = run("faces", "embed", run, faces, "--out", embeddings);
    assertThat(embedded).startsWith("18 embeddings of 6 values");
    List<String> paths = Files.readAllLines(directory.resolve("embeddings.txt"));
    double[][] rows = NpyFiles.read(embeddings);
    List<float[]> ofPairs = new ArrayList<>();
    for (Path image : FacePairs.read(pairs).images(faces)) {
      double[] row = rows[paths.indexOf(image.toString())];
      float[] values = new float[row.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) row[i];
      }
      ofPairs.add(values);
    }
    Path file = directory.resolve("pairs.npy");
    NpyFiles.write(file, ofPairs);
    String byFile = run("faces", "verify", "--embeddings", file, "--pairs", pairs);
    assertThat(byFile.lines().toList())
        .isEqualTo(byModel.lines().filter(line -> !line.startsWith("Curve")).toList());
  }

  @Test
  void probesAreSearchedAmongDistractors() throws IOException {
    Path others = directory.resolve("others");
    draw(others, "--training");
    Path cache = directory.resolve("cache");
    Path out = directory.resolve("identification.json");
    Object[] command = {
      "faces",
      "identify",
      run,
      "--probes",
      faces,
      "--distractors",
      others,
      "--cache",
      cache,
      "--out",
      out,
      "--far",
      "0.1,1e-6",
      "--force"
    };
    String found = run(command);
    assertThat(found)
        .startsWith("36 pairs of 18 images of 6 identities, 18 distractors")
        .contains("With 0 false accepts there are too few distractors for the rate.");
    byte[] result = Files.readAllBytes(out);
    assertThat(
            JsonParser.parseString(new String(result, StandardCharsets.UTF_8))
                .getAsJsonObject()
                .getAsJsonArray("cumulativeMatch"))
        .hasSize(20);
    assertThat(run(command)).isEqualTo(found);
    assertThat(out).hasBinaryContent(result);
    CommandResult flat =
        CommandResult.of(
            "faces",
            "identify",
            run,
            "--probes",
            faces.resolve("unseen0001"),
            "--distractors",
            others);
    assertThat(flat.exit()).isEqualTo(1);
    assertThat(flat.err()).contains("expected a folder for each identity, but got the file");
  }

  @Test
  void photographsAreAligned() throws IOException {
    Path moved = directory.resolve("moved");
    draw(moved, "--movement", 4);
    Path out = directory.resolve("aligned");
    String first =
        run("faces", "align", moved, "--points", moved.resolve("landmarks.txt"), "--out", out);
    assertThat(first).startsWith("18 images written to " + out + ", 0 were there already");
    try (Stream<Path> files = Files.walk(out)) {
      List<Path> images = files.filter(file -> file.toString().endsWith(".png")).toList();
      assertThat(images).hasSize(18);
      assertThat(ImageIO.read(images.get(0).toFile()).getWidth()).isEqualTo(112);
    }
  }
}
