package dev.recal.tools.endurance;

import java.util.ArrayList;
import java.util.List;

/**
 * A kind of file that Recal reads.
 *
 * @param name for the report
 * @param folder of the samples, of which the command gets a copy, {@code {in}}
 * @param file that is changed in the copy
 * @param digests whether the file's format or a file beside it tells changed contents
 * @param result the file in {@code {out}} that holds the result; empty: what the command prints
 * @param command that reads it; {@code {samples}} are unchanged
 */
record FileKind(
    String name, String folder, String file, boolean digests, String result, List<String> command) {

  private static final String VARIABLES = "variables.data-00000-of-00001";
  private static final String STEP = "checkpoints/step-000000002/";

  private static FileKind image(String extension, boolean digests) {
    String file = "image." + extension;
    return new FileKind(
        extension,
        "images",
        file,
        digests,
        "",
        List.of("predict", "{samples}/model", "{in}/" + file, "--json"));
  }

  private static FileKind converted(String extension) {
    return new FileKind(
        extension,
        extension,
        "a/image." + extension,
        false,
        "images-00000-of-00001.tfrecord",
        List.of("records", "{in}", "--out", "{out}", "--shards", "1", "--threads", "1"));
  }

  // Two steps over all images: the weights depend on every pixel and label.
  private static FileKind trained(String name, String file, boolean digests) {
    return new FileKind(
        name,
        "data",
        file,
        digests,
        STEP + VARIABLES,
        List.of(
            "train", "{samples}/" + name + ".json", "--data", "{in}", "--out", "{out}", "--plain"));
  }

  private static FileKind evaluated(String name, String folder, String file, boolean digests) {
    String images = file.endsWith(".zip") ? "{in}/" + file : "{in}";
    return new FileKind(
        name,
        folder,
        file,
        digests,
        "",
        List.of("evaluate", "{samples}/run", "--images", images, "--json"));
  }

  private static FileKind imported(String file, boolean digests, String... arguments) {
    List<String> command = new ArrayList<>(List.of("import", "{in}/network.json"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--out", "{out}", "--image-size", "16"));
    return new FileKind(file, "weights", file, digests, VARIABLES, command);
  }

  private static FileKind run(String file, boolean digests) {
    return new FileKind(
        "run, " + file, "run", file, digests, "", List.of("evaluate", "{in}", "--json"));
  }

  private static FileKind model(String file, boolean digests) {
    return new FileKind("model, " + file, "model/1", file, digests, "", List.of("verify", "{in}"));
  }

  /** Returns all kinds. */
  static List<FileKind> all() {
    return List.of(
        image("png", true),
        image("jpg", false),
        image("gif", false),
        image("bmp", false),
        image("exif.jpg", false),
        converted("webp"),
        converted("tiff"),
        evaluated("zip", "zip", "deflated.zip", false),
        evaluated("zip, contents", "zip", "stored.zip", true),
        trained("tf-records", "plain.tfrecord", true),
        trained("tf-records-gzip", "compressed.tfrecord", true),
        trained("cifar", "cifar.bin", false),
        evaluated("shard", "shards", "images-00000-of-00001.tfrecord", true),
        evaluated("shard, index", "shards", "images-00000-of-00001.index", false),
        evaluated("records.json", "shards", "records.json", false),
        imported("network.json", false, "{in}/weights.safetensors"),
        imported("weights.safetensors", false, "{in}/weights.safetensors"),
        imported("tensorflow.index", true, "{in}/tensorflow"),
        imported("tensorflow.data-00000-of-00001", true, "{in}/tensorflow"),
        imported("labels.txt", false, "{in}/tensorflow", "--labels", "{in}/labels.txt"),
        imported("rules.names", false, "{in}/torch.safetensors", "--names", "{in}/rules.names"),
        new FileKind(
            "import, network.json",
            "imported",
            "network.json",
            false,
            "1/variables/" + VARIABLES,
            List.of("export", "{in}", "{out}")),
        new FileKind(
            "import, variables",
            "imported",
            VARIABLES,
            true,
            "1/variables/" + VARIABLES,
            List.of("export", "{in}", "{out}")),
        run(STEP + "variables.index", true),
        run(STEP + VARIABLES, true),
        run(STEP + "state.json", false),
        run("recipe.json", false),
        run("labels.txt", false),
        new FileKind(
            "run, metrics.jsonl",
            "run",
            "metrics.jsonl",
            false,
            "",
            List.of("resume", "{in}", "--plain")),
        model("saved_model.pb", true),
        model("variables/variables.index", true),
        model("variables/" + VARIABLES, true),
        model("fingerprint.pb", true),
        model("assets.extra/labels.txt", true),
        model("assets.extra/golden_inputs.safetensors", true),
        model("assets.extra/golden_outputs.safetensors", true),
        model("assets.extra/recal.json", false),
        new FileKind(
            "latents",
            "latents",
            "z.json",
            false,
            "../in/images.png",
            List.of(
                "synthesize",
                "sample",
                "{samples}/generator",
                "--z",
                "{in}/z.json",
                "--out",
                "{in}/images.png")));
  }
}
