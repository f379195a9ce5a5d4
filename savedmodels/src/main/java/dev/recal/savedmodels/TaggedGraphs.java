package dev.recal.savedmodels;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** The graphs of one file, identified by their tags. */
final class TaggedGraphs {

  private static final String SERVE = "serve";

  private TaggedGraphs() {}

  /**
   * Finds a graph.
   *
   * @param tags exactly those of the graph; empty for the graph with the tag {@code serve}, and the
   *     fewest other tags if there are several
   * @throws IOException if there is none; the message lists the existing ones
   */
  static MetaGraphDef choose(Path directory, SavedModel model, Set<String> tags)
      throws IOException {
    MetaGraphDef chosen = null;
    for (MetaGraphDef graph : model.getMetaGraphsList()) {
      Set<String> own = tags(graph);
      boolean fits = tags.isEmpty() ? own.contains(SERVE) : own.equals(tags);
      if (fits && (chosen == null || own.size() < tags(chosen).size())) {
        chosen = graph;
      }
    }
    if (chosen == null) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "File %s contains no graph with the %s; it contains graphs with the tags %s.",
              directory.resolve(ModelVersions.MODEL_FILE),
              tags.isEmpty() ? "tag '" + SERVE + "'" : "tags " + new TreeSet<>(tags),
              all(model).stream().map(Set::toString).collect(Collectors.joining(", "))));
    }
    return chosen;
  }

  /** Lists the tags of all graphs of a file. */
  static List<Set<String>> all(SavedModel model) {
    return model.getMetaGraphsList().stream().map(TaggedGraphs::tags).toList();
  }

  private static Set<String> tags(MetaGraphDef graph) {
    return new TreeSet<>(graph.getMetaInfoDef().getTagsList());
  }
}
