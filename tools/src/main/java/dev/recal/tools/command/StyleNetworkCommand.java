package dev.recal.tools.command;

import dev.recal.models.features.VggConverter;
import dev.recal.models.features.VggInput;
import dev.recal.models.features.VggNetwork;
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

/** {@code recal style network}: converts the weights of a loss network to a SavedModel. */
@Command(
    name = "network",
    description = {
      "Convert the weights of VGG to a SavedModel with named maps, for 'style train --loss-network'.",
      "Tensors are named as in torchvision, features.0.weight and so on, in one or several safetensors"
          + " files."
    },
    footer = {
      "",
      "Examples:",
      "  recal style network vgg16 vgg16.safetensors --out models/vgg16",
      "  recal style network vgg16 vgg16-caffe.safetensors --input caffe --out models/vgg16-caffe"
    })
public final class StyleNetworkCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NETWORK", description = "vgg16 or vgg19.")
  private VggNetwork network;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "WEIGHTS",
      description = "Safetensors files that together contain the convolutions.")
  private List<Path> weights;

  @Option(
      names = "--input",
      paramLabel = "COLOURS",
      description =
          "What the weights were trained with: torchvision (RGB, normalised) or caffe (BGR, 0 to"
              + " 255 minus the mean); default ${DEFAULT-VALUE}.")
  private VggInput input = VggInput.TORCHVISION;

  @Option(
      names = "--out",
      paramLabel = "MODEL",
      required = true,
      description = "MODEL/VERSION, or MODEL for its next free version.")
  private Path target;

  @Override
  public Integer call() throws IOException {
    SavedModelWriter.requireWritable(target);
    Path version = VggConverter.convert(network, input, weights, target);
    PrintWriter console = spec.commandLine().getOut();
    console.println("Written to " + version);
    console.println("Maps: " + String.join(", ", network.maps()));
    console.println(
        "Next: "
            + CommandLineText.of(
                "style", "train", "STYLE", "--content", "DIR", "--loss-network", version));
    console.flush();
    return 0;
  }
}
