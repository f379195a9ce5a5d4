package dev.recal.tools.command;

import dev.recal.graphs.task.Recipe;
import dev.recal.models.study.NamedGate;
import dev.recal.models.study.RecalibrationAblation;
import dev.recal.ops.recalibration.StyleRecalibration.Integration;
import dev.recal.ops.recalibration.StyleRecalibration.Pooling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal study ablation}: the operators of style recalibration, compared. */
@Command(
    name = "ablation",
    description = {
      "Train a recipe with each style pooling and each style integration of SRM, and compare them"
          + " with the same network without recalibration.",
      "Writes results.md, results.csv, results.json and results.png."
    },
    footer = {
      "",
      "Examples:",
      "  recal study ablation cifar10-srm --data ../data --seeds 3 --with se,ge",
      "  recal study ablation imagenet-srm --pooling mean,mean-deviation --integration cfc,mlp"
    })
public final class StudyAblationCommand implements Callable<Integer> {

  private static final List<NamedGate> BASELINES =
      List.of(NamedGate.SE, NamedGate.GE, NamedGate.ECA, NamedGate.CBAM);

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RECIPE",
      description = "A classifier's recipe: its file, or the name of one in recipes/.")
  private String recipe;

  @Option(
      names = "--pooling",
      paramLabel = "WORD",
      split = ",",
      description =
          "Style poolings: mean, deviation, max, mean-max, mean-deviation. With --integration, each"
              + " is combined with each (default: all, with cfc).")
  private List<String> pooling = List.of();

  @Option(
      names = "--integration",
      paramLabel = "WORD",
      split = ",",
      description =
          "Style integrations: cfc, cfc-no-bn, fc, fc-no-bn, mlp, mlp-bn (default: all, with"
              + " mean-deviation).")
  private List<String> integration = List.of();

  @Option(
      names = "--with",
      paramLabel = "WORD",
      split = ",",
      description = "Also train with these recalibrations: se, ge, eca, cbam.")
  private List<String> with = List.of();

  @Mixin private StudyOptions options = new StudyOptions();

  @Override
  public Integer call() throws IOException {
    List<NamedGate> baselines = new ArrayList<>(List.of(NamedGate.NONE));
    baselines.addAll(ConstantWords.read("--with", with, BASELINES));
    RecalibrationAblation ablation =
        new RecalibrationAblation(
            RecalibrationAblation.operators(
                ConstantWords.read("--pooling", pooling, List.of(Pooling.values())),
                ConstantWords.read("--integration", integration, List.of(Integration.values()))),
            baselines);
    Recipe read = options.read(recipe);
    boolean finished =
        options.train(
            options.study(read, ablation::variations),
            options.directory(read.name() + "-ablation"),
            spec.commandLine().getOut());
    return finished ? 0 : 1;
  }
}
