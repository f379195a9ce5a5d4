package dev.recal.tools.compatibility;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
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
import java.util.Set;
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

  /** Has a consumer examine models, and keeps what it found beside what is kept of others. */
  List<Findings> examine(Consumer consumer, List<SampleModel> models)
      throws IOException, InterruptedException {
    List<Findings> findings = consumer.examine(models, home);
    Map<String, Findings> all = new LinkedHashMap<>();
    kept(consumer).forEach(one -> all.put(one.model(), one));
    findings.forEach(one -> all.put(one.model(), one));
    Files.writeString(file(consumer), GSON.toJson(all.values()));
    return findings;
  }

  /** Writes a page on everything that was kept. */
  void report(Path page, List<Consumer> consumers) throws IOException {
    Map<String, List<Findings>> all = new LinkedHashMap<>();
    Map<String, String> packages = new LinkedHashMap<>();
    for (Consumer consumer : consumers) {
      List<Findings> kept = kept(consumer);
      if (!kept.isEmpty()) {
        all.put(consumer.title(), kept);
        packages.put(consumer.title(), consumer.program().packages());
      }
    }
    Map<String, Set<String>> kinds = new LinkedHashMap<>();
    kinds.put("classifier", SampleNetworks.classifiers().keySet());
    kinds.put("generator", SampleNetworks.generators().keySet());
    Files.writeString(page, new Report(heading(), kinds, packages, all).markdown());
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
        "output's largest value, strings byte by byte, files of images to a step of 255; float"
            + " images and latent vectors",
        "in batches of 2 and 5, files as PNG and JPEG of different sizes, seeds with counts of 2"
            + " and 5. `variables` passes",
        "when names, roles and restored values are the exported ones.",
        "",
        "✓ passed, ✗ failed, – does not apply; an empty cell was not reached, or the network has no"
            + " such signature.");
  }

  // Without those of networks that are no longer among the samples, and in the samples' order.
  private List<Findings> kept(Consumer consumer) throws IOException {
    Path file = file(consumer);
    if (!Files.exists(file)) {
      return List.of();
    }
    List<Findings> all =
        GSON.fromJson(Files.readString(file), new TypeToken<List<Findings>>() {}.getType());
    return SampleNetworks.all().keySet().stream()
        .flatMap(title -> all.stream().filter(one -> one.model().equals(title)))
        .toList();
  }

  private Path file(Consumer consumer) throws IOException {
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
