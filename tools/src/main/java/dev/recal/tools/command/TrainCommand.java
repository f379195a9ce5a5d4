package dev.recal.tools.command;

import com.google.gson.JsonObject;
import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ScaledBatch;
import dev.recal.graphs.task.Study;
import dev.recal.graphs.task.Tasks;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.RateFinding;
import dev.recal.tools.run.RecipeImages;
import dev.recal.tools.run.Runs;
import dev.recal.tools.run.TrialRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal train}: trains by a recipe of any task, or resumes a run. */
@Command(
    name = "train",
    description = "Train from a recipe of any task, or resume an interrupted run.",
    footer = {
      "",
      "Examples:",
      "  recal train --images photos",
      "  recal train --images photos --weights weights/resnet18 --new-head",
      "  recal train --images photos --labels labels.csv",
      "  recal train quickstart",
      "  recal train imagenet-srm --smoke",
      "  recal train cifar10-srm --data ../data --set training.epochs=5",
      "  recal train my-recipe --weights weights/resnet50 --new-head",
      "  recal train fewshot-slim --set data.images.path=photos",
      "  recal train cifar10-srm --folds 5 --seeds 3",
      "  recal train runs/cifar10-srm"
    })
public final class TrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE|RUN",
      completionCandidates = RecipeNames.class,
      description =
          "A recipe's file, the name of one in recipes/, or the directory of a run to resume"
              + " (default with --images: photographs; photographs-several-classes with --labels,"
              + " photographs-numbers with --numbers).")
  private String recipe;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      description =
          "Train on these images instead of the recipe's: a folder or a zip archive of class"
              + " folders, or record shards; a share of them is held out. Without a recipe, size,"
              + " batch and epochs are fitted to the images.")
  private Path images;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "With --images: a CSV or JSON file with any number of classes for each image of the folder.")
  private Path labels;

  @Option(
      names = "--numbers",
      paramLabel = "FILE",
      description =
          "With --images: a CSV file with numbers for each image of the folder, which are learned"
              + " instead of classes.")
  private Path numbers;

  @Option(
      names = "--find-learning-rate",
      description =
          "Do not train, but raise the learning rate from step to step, and write the losses as a"
              + " table and a picture into --out, with suggested rates.")
  private boolean findLearningRate;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory of the run (default: runs/NAME).")
  private Path out;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Resume this run from its newest checkpoint.")
  private Path resume;

  @Option(
      names = "--weights",
      paramLabel = "WEIGHTS",
      description = "Start from imported weights, the best checkpoint of a run, or a checkpoint.")
  private Path weights;

  @Option(
      names = "--new-head",
      description =
          "Start the head from scratch, for another number of classes than --weights has.")
  private boolean newHead;

  @Option(
      names = "--smoke",
      description =
          "Try the recipe end to end, in two steps on a few synthetic images: train, evaluate,"
              + " export.")
  private boolean smoke;

  @Option(
      names = "--scale-batch",
      description = {
        "The recipe's batch is that of each worker: batch and learning rate are multiplied by the"
            + " number of workers (default: the batch is divided among them)."
      })
  private boolean scaleBatch;

  @Mixin private RunOptions options = new RunOptions();

  @Mixin private WorkerOptions workers = new WorkerOptions();

  @Mixin private TrialOptions trials = new TrialOptions();

  @Mixin private RecipeOptions settings = new RecipeOptions();

  @Override
  public Integer call() throws IOException {
    if ((recipe == null && images == null) == (resume == null)) {
      throw new UsageException("train: expected either RECIPE|RUN, --images PATH or --resume RUN.");
    }
    if (recipe == null && resume == null) {
      recipe = recipeImages().usualRecipe();
    }
    Path run = resume != null ? resume : Path.of(recipe);
    if (resume != null || RunDirectory.isAt(run) || Study.isAt(run)) {
      return resume(run);
    }
    return start();
  }

  private int start() throws IOException {
    if (images == null && (labels != null || numbers != null)) {
      throw new UsageException(
          "--labels, --numbers: expected --images too, the folder of the images.");
    }
    if (newHead && weights == null) {
      throw new UsageException("--new-head: without --weights every weight starts from scratch.");
    }
    PrintWriter writer = spec.commandLine().getOut();
    Recipe read = settings.read(recipe, ofImages(writer), last());
    if (findLearningRate) {
      return findRate(settings.located(read), writer);
    }
    Workers processes = workers.workers(writer);
    if (scaleBatch) {
      read = scaled(read, processes, writer);
    }
    Recipe chosen = smoke ? smoke(read) : settings.located(read);
    Path directory = out == null ? Runs.free(trials.directory(chosen.name())) : out;
    if (trials.areGiven()) {
      requireOneProcess();
      return new TrialRuns(options.runs(writer)).start(trials.of(chosen), directory) ? 0 : 1;
    }
    Optional<Path> model = smoke ? Optional.of(directory.resolve("model")) : Optional.empty();
    options.runs(writer, model).with(processes).start(chosen, directory);
    return 0;
  }

  private List<String> ofImages(PrintWriter writer) throws IOException {
    return images == null
        ? List.of()
        : recipeImages().settings(recipe, settings.own(), weights != null, writer::println);
  }

  private RecipeImages recipeImages() {
    return new RecipeImages(images, Optional.ofNullable(labels), Optional.ofNullable(numbers));
  }

  private List<String> last() {
    List<String> last = new ArrayList<>(startingWeights());
    if (findLearningRate) {
      last.addAll(RateFinding.settings());
    }
    return last;
  }

  private int findRate(Recipe chosen, PrintWriter writer) throws IOException {
    if (smoke || scaleBatch || trials.areGiven() || !workers.isAbsent()) {
      throw new UsageException(
          "--find-learning-rate: it cannot be combined with --smoke, --scale-batch, --folds,"
              + " --seeds or --cluster.");
    }
    Path directory = out == null ? Runs.free(chosen.name() + "-learning-rate") : out;
    RateFinding.find(chosen, directory, options.strict(), writer);
    return 0;
  }

  private void requireOneProcess() {
    if (!workers.isAbsent()) {
      throw new UsageException("--cluster: trials with --folds and --seeds train in one process.");
    }
  }

  private Recipe scaled(Recipe recipe, Workers processes, PrintWriter writer) {
    if (workers.isAbsent()) {
      throw new UsageException("--scale-batch: expected --cluster too, or TF_CONFIG.");
    }
    Recipe scaled = ScaledBatch.of(recipe, processes.size());
    writer.println(
        "Batch and learning rate are multiplied by the number of workers, "
            + processes.size()
            + ".");
    return scaled;
  }

  private List<String> startingWeights() {
    if (weights == null) {
      return List.of();
    }
    JsonObject start = new JsonObject();
    start.addProperty("path", weights.toAbsolutePath().normalize().toString());
    start.addProperty("newHead", newHead);
    return List.of("weights=" + start);
  }

  private static <R extends Recipe> Recipe smoke(R recipe) {
    return Tasks.of(recipe)
        .smoke(recipe)
        .orElseThrow(
            () ->
                new UsageException(
                    "--smoke: recipes of the task '"
                        + Tasks.of(recipe).name()
                        + "' do not support it: the task has no synthetic data."));
  }

  private int resume(Path run) throws IOException {
    boolean changes = settings.changesSettings() || scaleBatch || trials.areGiven();
    boolean other = images != null || labels != null || numbers != null || findLearningRate;
    if (changes || other || out != null || weights != null || newHead || smoke) {
      throw new UsageException(
          "--resume: a run resumes with its own settings; it cannot be combined with --set,"
              + " --images, --find-learning-rate, --weights, --new-head, --scale-batch, --folds,"
              + " --seeds, --smoke or --out.");
    }
    PrintWriter writer = spec.commandLine().getOut();
    if (Study.isAt(run)) {
      requireOneProcess();
      return new TrialRuns(options.runs(writer)).resume(run) ? 0 : 1;
    }
    options.runs(writer).with(workers.workers(writer)).resume(run);
    return 0;
  }
}
