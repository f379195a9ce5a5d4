package dev.recal.tools.command;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.style.training.StyleComparison;
import dev.recal.graphs.style.training.StyleRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.Table;
import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal style compare}: trains one style with four norms. */
@Command(
    name = "compare",
    description = {
      "Train one style with instance norm, batch norm, batch norm with SE and batch norm with SRM, for"
          + " equal steps, and compare content and style loss of held-out photographs.",
      "Writes comparison.txt and comparison.png. Interrupted, the same command resumes: runs that are"
          + " there continue with their own settings."
    },
    footer = {
      "",
      "Example:",
      "  recal style compare painting.jpg --content photos --steps 2000 --out comparison"
    })
public final class StyleCompareCommand implements Callable<Integer> {

  private static final String TABLE = "comparison.txt";
  private static final String PICTURE = "comparison.png";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "STYLE", description = "The style image.")
  private Path style;

  @Option(
      names = "--norms",
      paramLabel = "KIND",
      split = ",",
      converter = StyleNormConverter.class,
      description = "Norms to compare (in,bn,bn-se,bn-srm).")
  private List<StyleNorm> norms = List.of(StyleNorm.values());

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory of the runs and results (${DEFAULT-VALUE}).")
  private Path out = Path.of("comparison");

  @Mixin private StyleTrainingOptions settings = new StyleTrainingOptions();

  @Mixin private RunOptions options = new RunOptions();

  @Override
  public Integer call() throws IOException {
    boolean resumes = norms.stream().map(this::directory).anyMatch(RunDirectory::isAt);
    if (!resumes) {
      Outputs.requireNew(out);
    }
    Runs runs = options.runs(spec.commandLine().getOut());
    for (StyleNorm norm : norms) {
      StyleRecipe recipe = settings.read(style, Optional.of(norm));
      if (RunDirectory.isAt(directory(norm))) {
        runs.resume(directory(norm));
      } else {
        runs.start(recipe, directory(norm));
      }
    }
    Map<String, RunDirectory<StyleRecipe>> trained = new LinkedHashMap<>();
    for (StyleNorm norm : norms) {
      trained.put(norm.title(), RunDirectory.open(directory(norm), StyleRecipe.class));
    }
    report(StyleComparison.of(trained));
    return 0;
  }

  private Path directory(StyleNorm norm) {
    return out.resolve(StyleNormConverter.word(norm));
  }

  private void report(StyleComparison comparison) throws IOException {
    Table table =
        Table.of("norm", ">parameters", ">steps", ">images", ">content loss", ">style loss");
    for (StyleComparison.Row row : comparison.rows()) {
      table.row(
          row.title(),
          String.format(Locale.ROOT, "%,d", row.parameters()),
          String.format(Locale.ROOT, "%,d", row.steps()),
          String.format(Locale.ROOT, "%,d", row.images()),
          String.format(Locale.ROOT, "%.5g", row.content()),
          String.format(Locale.ROOT, "%.5g", row.style()));
    }
    StringWriter text = new StringWriter();
    PrintWriter lines = new PrintWriter(text);
    table.print(lines);
    lines.println("Losses of held-out images with stored statistics, weighted as in training.");
    comparison.remarks().forEach(lines::println);
    lines.println("Loss network: " + comparison.lossNetwork());
    lines.flush();
    AtomicFiles.write(out.resolve(TABLE), text.toString().getBytes(StandardCharsets.UTF_8));
    PngFiles.write(out.resolve(PICTURE), comparison::picture);
    PrintWriter console = spec.commandLine().getOut();
    console.print(text);
    console.println("Picture: " + out.resolve(PICTURE));
    console.flush();
  }
}
