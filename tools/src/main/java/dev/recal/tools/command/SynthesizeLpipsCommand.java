package dev.recal.tools.command;

import dev.recal.models.features.LpipsBackbone;
import dev.recal.models.features.LpipsConverter;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.tools.console.CommandLineText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal synthesize lpips}: converts published weights of LPIPS to a SavedModel. */
@Command(
    name = "lpips",
    description = {
      "Convert published weights of the perceptual distance LPIPS to a SavedModel, for 'train"
          + " --lpips'.",
      "The backbone's tensors are named as in torchvision or in the package lpips, those of the"
          + " linear layers as in the package, in one or several safetensors files."
    },
    footer = {
      "",
      "Example:",
      "  recal synthesize lpips vgg16 vgg16.safetensors lpips-vgg.safetensors --out models/lpips"
    })
public final class SynthesizeLpipsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NETWORK", description = "The backbone: vgg16 or alexnet.")
  private LpipsBackbone backbone;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "WEIGHTS",
      description = "Safetensors files that together contain the backbone and the linear weights.")
  private List<Path> weights;

  @Option(
      names = "--out",
      paramLabel = "MODEL",
      required = true,
      description = "MODEL/VERSION, or MODEL for its next free version.")
  private Path target;

  @Override
  public Integer call() throws IOException {
    SavedModelWriter.requireWritable(target);
    Path version = LpipsConverter.convert(backbone, weights, target);
    PrintWriter console = spec.commandLine().getOut();
    console.println("Written to " + version);
    console.println(
        "Next: " + CommandLineText.of("synthesize", "train", "DIR", "--lpips", version));
    console.flush();
    return 0;
  }
}
