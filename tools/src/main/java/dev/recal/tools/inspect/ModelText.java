package dev.recal.tools.inspect;

import dev.recal.savedmodels.SavedModelContents;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.VariableDescription;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** A SavedModel as text tables. */
public final class ModelText {

  private ModelText() {}

  /** Prints everything except the check of a runtime. */
  public static void print(PrintWriter out, SavedModelContents contents) {
    SavedModelDescription model = contents.description();
    head(out, contents);
    Table signatures = Table.of("signature", "", "name", "type", "shape", "tensor");
    for (SignatureDescription signature : model.signatures()) {
      rows(signatures, signature.key(), "in", signature.inputs());
      rows(signatures, signature.key(), "out", signature.outputs());
    }
    signatures.print(out);
    out.println();
    variables(out, model);
    out.println();
    out.println("operations: " + Texts.histogram(contents.operations()));
    if (!contents.functions().isEmpty()) {
      out.println();
      Table functions = Table.of("function", ">in", ">out", "operations");
      for (SavedModelContents.Function function : contents.functions()) {
        functions.row(
            function.name(),
            Integer.toString(function.inputs()),
            Integer.toString(function.outputs()),
            Texts.histogram(function.operations()));
      }
      functions.print(out);
    }
    if (!contents.assets().isEmpty()) {
      out.println();
      out.println("assets: " + String.join(", ", contents.assets()));
    }
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

  private static void head(PrintWriter out, SavedModelContents contents) {
    SavedModelDescription model = contents.description();
    String writer = model.tensorflowVersion();
    out.printf(
        Locale.ROOT,
        "%s%nwritten by TensorFlow %s; %,d operations, %,d functions, %,d bytes, %,d trainable"
            + " parameters%n",
        model.directory(),
        writer.isEmpty() ? "of an unknown version" : writer,
        model.operations(),
        contents.functions().size(),
        model.bytes(),
        model.parameters());
    out.printf(
        Locale.ROOT,
        "tags %s; schema version %d, graph version %d, for readers from %d; %s%n",
        new TreeSet<>(contents.tags()),
        contents.versions().schema(),
        contents.versions().producer(),
        contents.versions().minimumConsumer(),
        contents.objects() == 0
            ? "no object graph (TensorFlow 1)"
            : "an object graph of " + contents.objects() + " nodes (TensorFlow 2)");
    out.println("files: " + model.integrity().text());
    if (contents.allTags().size() > 1) {
      out.println("one of " + contents.allTags().size() + " graphs: " + contents.allTags());
    }
    out.println();
  }

  private static void variables(PrintWriter out, SavedModelDescription model) {
    Table variables = Table.of("variable", "type", "shape", ">values", ">bytes", "trainable");
    for (VariableDescription variable : model.variables()) {
      variables.row(
          variable.name(),
          Texts.name(variable.type()),
          Texts.shape(variable.shape()),
          String.format(Locale.ROOT, "%,d", variable.size()),
          String.format(Locale.ROOT, "%,d", Texts.bytes(variable)),
          variable.trainable() ? "yes" : "no");
    }
    variables.print(out);
  }

  private static void rows(
      Table table, String key, String direction, Map<String, TensorDescription> tensors) {
    tensors.forEach(
        (name, tensor) ->
            table.row(
                key,
                direction,
                name,
                tensor.typeName(),
                Texts.shape(tensor.shape()),
                tensor.tensor()));
  }
}
