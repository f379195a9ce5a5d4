package dev.recal.tools.command;

import com.google.gson.JsonObject;
import dev.recal.savedmodels.SavedModelContents;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.inspect.ModelJson;
import dev.recal.tools.inspect.ModelText;
import dev.recal.tools.inspect.TargetReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal inspect}: shows the contents of a SavedModel. */
@Command(
    name = "inspect",
    description = {
      "Show a SavedModel's signatures, variables, operations, functions and files without loading"
          + " it.",
      "With --for, the exit code is 1 if the runtime does not support the model."
    })
public final class InspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL_DIR", description = "A SavedModel, or a directory of versions.")
  private Path model;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--for",
      paramLabel = "RUNTIME",
      completionCandidates = Runtimes.class,
      description =
          "List what a runtime does not support in the model: a TensorFlow release, or tflite"
              + " (${COMPLETION-CANDIDATES}).")
  private String runtime;

  @Option(
      names = "--tags",
      paramLabel = "TAG",
      split = ",",
      description =
          "Tags of the graph, if the file contains several (default: the graph for serving).")
  private Set<String> tags = new LinkedHashSet<>();

  /** The names for {@code --for}. */
  static final class Runtimes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return TargetReport.names().iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    List<String> known = TargetReport.names();
    if (runtime != null && !known.contains(runtime)) {
      throw UsageException.unknown("--for", runtime, known);
    }
    SavedModelContents contents = SavedModelReader.contents(model, tags);
    TargetReport report = runtime == null ? null : TargetReport.of(runtime, contents);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonObject object = ModelJson.of(contents);
      if (report != null) {
        object.add("for", report.json());
      }
      Json.print(out, object);
    } else {
      ModelText.print(out, contents);
      if (report != null) {
        report.print(out);
      }
    }
    out.flush();
    return report == null || report.complete() ? 0 : 1;
  }
}
