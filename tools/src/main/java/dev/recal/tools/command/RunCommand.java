package dev.recal.tools.command;

import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
      "The tensors of the input file are named like the inputs of the signature."
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
      paramLabel = "FILE",
      required = true,
      description = "Input safetensors file.")
  private Path input;

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
    requireNumbers(signature(description));
    Map<String, TensorValue> inputs = Safetensors.read(input);
    Map<String, TensorValue> outputs;
    try (Predictor predictor = open(inputs)) {
      outputs = predictor.call(signature, inputs);
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
    out.println("Written to " + output + ".");
    out.flush();
    return 0;
  }

  // All rows at once, as the model's caller would: a batch of another size rounds differently.
  private Predictor open(Map<String, TensorValue> inputs) throws IOException {
    int rows =
        inputs.values().stream()
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

  private void requireNumbers(SignatureDescription called) {
    for (Map.Entry<String, TensorDescription> entry : called.inputs().entrySet()) {
      if (entry.getValue().type() == ElementType.STRING.proto()) {
        throw new FailureException(
            "Input '"
                + entry.getKey()
                + "' of signature '"
                + signature
                + "' takes strings, which a safetensors file cannot store; use 'recal predict' for"
                + " image files.");
      }
    }
  }
}
