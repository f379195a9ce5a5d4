package dev.recal.tools.command;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.VariableDescription;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal inspect}: what a SavedModel offers. */
@Command(
    name = "inspect",
    description = "Show a SavedModel's signatures, variables and sizes without loading it.")
public final class InspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL_DIR", description = "A SavedModel, or a directory of versions.")
  private Path model;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    SavedModelDescription description = SavedModelReader.describe(model);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, toJson(description));
    } else {
      print(out, description);
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, SavedModelDescription model) {
    out.printf(
        Locale.ROOT,
        "%s%nwritten by TensorFlow %s; %,d operations, %,d bytes, %,d trainable parameters%n%n",
        model.directory(),
        model.tensorflowVersion(),
        model.operations(),
        model.bytes(),
        model.parameters());
    Table signatures = Table.of("signature", "", "name", "type", "shape", "tensor");
    for (SignatureDescription signature : model.signatures()) {
      rows(signatures, signature.key(), "in", signature.inputs());
      rows(signatures, signature.key(), "out", signature.outputs());
    }
    signatures.print(out);
    out.println();
    Table variables = Table.of("variable", "type", "shape", ">values", "trainable");
    for (VariableDescription variable : model.variables()) {
      variables.row(
          variable.name(),
          name(variable.type()),
          shape(variable.shape()),
          String.format(Locale.ROOT, "%,d", variable.size()),
          variable.trainable() ? "yes" : "no");
    }
    variables.print(out);
    if (!model.labels().isEmpty()) {
      out.println();
      out.println("labels: " + String.join(", ", model.labels()));
    }
    if (model.metadata().size() > 0) {
      out.println();
      out.println("recal.json:");
      Json.print(out, model.metadata());
    }
  }

  private static void rows(
      Table table, String key, String direction, Map<String, TensorDescription> tensors) {
    tensors.forEach(
        (name, tensor) ->
            table.row(
                key, direction, name, tensor.typeName(), shape(tensor.shape()), tensor.tensor()));
  }

  private static JsonObject toJson(SavedModelDescription model) {
    JsonObject object = new JsonObject();
    object.addProperty("directory", model.directory().toString());
    object.addProperty("tensorflow", model.tensorflowVersion());
    object.addProperty("operations", model.operations());
    object.addProperty("bytes", model.bytes());
    object.addProperty("parameters", model.parameters());
    JsonObject signatures = new JsonObject();
    for (SignatureDescription signature : model.signatures()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("method", signature.method());
      entry.add("inputs", toJson(signature.inputs()));
      entry.add("outputs", toJson(signature.outputs()));
      signatures.add(signature.key(), entry);
    }
    object.add("signatures", signatures);
    JsonArray variables = new JsonArray();
    for (VariableDescription variable : model.variables()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("name", variable.name());
      entry.addProperty("type", name(variable.type()));
      entry.add("shape", sizes(variable.shape()));
      entry.addProperty("values", variable.size());
      entry.addProperty("trainable", variable.trainable());
      variables.add(entry);
    }
    object.add("variables", variables);
    object.add("labels", new Gson().toJsonTree(model.labels()));
    object.add("metadata", model.metadata());
    return object;
  }

  private static JsonObject toJson(Map<String, TensorDescription> tensors) {
    JsonObject object = new JsonObject();
    tensors.forEach(
        (name, tensor) -> {
          JsonObject entry = new JsonObject();
          entry.addProperty("type", tensor.typeName());
          entry.add("shape", sizes(tensor.shape()));
          entry.addProperty("tensor", tensor.tensor());
          object.add(name, entry);
        });
    return object;
  }

  // An unknown rank is null, a free dimension -1.
  private static JsonElement sizes(Shape shape) {
    return shape.isUnknown() ? JsonNull.INSTANCE : new Gson().toJsonTree(shape.asArray());
  }

  private static String shape(Shape shape) {
    return shape.isUnknown() ? "any" : shape.toString().replace("-1", "?");
  }

  private static String name(DataType type) {
    return new TensorDescription("", type, Shape.scalar()).typeName();
  }
}
