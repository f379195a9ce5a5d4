package dev.recal.tools.command;

import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.StringTensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal run}: calls a SavedModel on the tensors of a file. */
@Command(
    name = "run",
    description = {
      "Run a SavedModel on tensors.",
      "The tensors of the input file are named like the inputs of the signature. Strings, such as"
          + " image files, are given by --input NAME=@FILE or --input NAME=TEXT, once for each"
          + " element."
    })
public final class RunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL_DIR", description = "A SavedModel, or a directory of versions.")
  private Path model;

  @Option(
      names = "--signature",
      paramLabel = "S",
      defaultValue = "serving_default",
      description = "Signature to call (${DEFAULT-VALUE}).")
  private String signature;

  @Option(
      names = "--input",
      paramLabel = "FILE|NAME=@FILE|NAME=TEXT",
      required = true,
      description =
          "Input safetensors file, or an element of an input of strings: the bytes of a file, or"
              + " text. Can be repeated.")
  private List<String> given;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      required = true,
      description = "Output safetensors file.")
  private Path output;

  @Option(names = "--force", description = "Overwrite an existing output file.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    Outputs.requireWritable(output, force);
    SavedModelDescription description = SavedModelReader.describe(model);
    Map<String, TensorValue> tensors =
        StringTensors.read(
            signature(description),
            given,
            notice -> spec.commandLine().getErr().println("recal: " + notice));
    Map<String, TensorValue> outputs;
    try (Predictor predictor = open(tensors)) {
      outputs = predictor.call(signature, tensors);
    }
    PrintWriter out = spec.commandLine().getOut();
    Table table = Table.of("output", "type", "shape");
    Map<String, TensorValue> numbers = new LinkedHashMap<>();
    outputs.forEach(
        (name, value) -> {
          boolean text = value.type() == ElementType.STRING;
          if (!text) {
            numbers.put(name, value);
          }
          String type = value.type() + (text ? " (skipped: the file stores numbers only)" : "");
          table.row(name, type, value.shape().toString());
        });
    Outputs.writing(output, () -> Safetensors.write(output, numbers, Map.of()));
    table.print(out);
    outputs.forEach(
        (name, value) ->
            StringTensors.text(value).ifPresent(text -> out.println(name + ": " + text)));
    out.println("Written to " + output + ".");
    out.flush();
    return 0;
  }

  // All rows at once, as the model's caller would: a batch of another size rounds differently.
  private Predictor open(Map<String, TensorValue> tensors) throws IOException {
    int rows =
        tensors.values().stream()
            .filter(value -> value.shape().numDimensions() > 0)
            .mapToInt(TensorValue::rows)
            .max()
            .orElse(1);
    return Predictor.open(model, new PredictorSettings(Math.max(1, rows), false, 0));
  }

  private SignatureDescription signature(SavedModelDescription description) {
    return description.signatures().stream()
        .filter(known -> known.key().equals(signature))
        .findFirst()
        .orElseThrow(
            () ->
                UsageException.unknown(
                    "--signature",
                    signature,
                    description.signatures().stream().map(SignatureDescription::key).toList()));
  }
}
