package dev.recal.tools.compatibility;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
import dev.recal.graphs.synthesis.FastGanGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The directory in which the lab works: samples, one directory a consumer, and what was found.
 * Findings stay there, so that the report can be made again after a part was run anew.
 *
 * @param home below the build's directory
 */
record Laboratory(Path home) {

  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  /** A laboratory in a directory of its own. */
  static Laboratory in(String name) {
    return new Laboratory(Path.of("target", name).toAbsolutePath());
  }

  /** Exports networks, in place of what an earlier run left. */
  List<SampleModel> export(List<String> titles) throws IOException {
    Path samples = home.resolve("samples");
    delete(samples);
    List<SampleModel> models = new ArrayList<>();
    for (String title : titles) {
      models.add(SampleModel.export(title, SampleNetworks.all().get(title), samples));
    }
    return models;
  }

  /** Exports a generator, in place of what an earlier run left. */
  List<SampleModel> export(String title, FastGanGenerator generator) throws IOException {
    Path samples = home.resolve("samples");
    delete(samples);
    return List.of(SampleModel.export(title, generator, samples));
  }

  /** Has a consumer examine models, and keeps what it found. */
  List<Findings> examine(Consumer consumer, List<SampleModel> models)
      throws IOException, InterruptedException {
    List<Findings> findings = consumer.examine(models, home);
    Files.writeString(kept(consumer), GSON.toJson(findings));
    return findings;
  }

  /** Writes a page on everything that was kept. */
  void report(Path page, List<Consumer> consumers) throws IOException {
    Map<String, List<Findings>> all = new LinkedHashMap<>();
    Map<String, String> packages = new LinkedHashMap<>();
    for (Consumer consumer : consumers) {
      if (Files.exists(kept(consumer))) {
        String json = Files.readString(kept(consumer));
        all.put(
            consumer.title(), GSON.fromJson(json, new TypeToken<List<Findings>>() {}.getType()));
        packages.put(consumer.title(), consumer.program().packages());
      }
    }
    Files.writeString(page, new Report(heading(), packages, all).markdown());
  }

  private static List<String> heading() {
    return List.of(
        "Each family of networks, with small settings, random weights and random batch statistics,",
        "is exported once and loaded by every consumer in processes of its own. Written by",
        "`./mvnw verify -Pcompatibility` on "
            + LocalDate.now(ZoneOffset.UTC)
            + " under "
            + System.getProperty("os.name")
            + " on "
            + System.getProperty("os.arch")
            + ", without a GPU, Java "
            + Runtime.version().feature()
            + ".",
        "",
        "A signature passes when its outputs are those of the session that was exported: numbers to"
            + " 1e-4 of an",
        "output's largest value, strings byte by byte; float images in batches of 2 and 5, files as"
            + " PNG and JPEG of",
        "different sizes. `variables` passes when names, roles and restored values are the"
            + " exported ones.",
        "",
        "✓ passed, ✗ failed, – does not apply; an empty cell was not reached, or the network has no"
            + " such signature.");
  }

  private Path kept(Consumer consumer) throws IOException {
    return Files.createDirectories(home.resolve("findings")).resolve(consumer.fileName() + ".json");
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> inside = Files.walk(directory)) {
        for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
