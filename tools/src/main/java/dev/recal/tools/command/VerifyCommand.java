package dev.recal.tools.command;

import dev.recal.savedmodels.GoldenError;
import dev.recal.savedmodels.Verification;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal verify}: compares a model's files and answers with what was written. */
@Command(
    name = "verify",
    description =
        "Compare a SavedModel's files with their recorded digests, run it on its recorded golden"
            + " inputs and compare the outputs.")
public final class VerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL_DIR", description = "A SavedModel, or a directory of versions.")
  private Path model;

  @Override
  public Integer call() throws IOException {
    Verification verification = Verification.of(model);
    if (verification.errors().isEmpty()) {
      throw new FailureException(
          "The model in "
              + verification.directory()
              + " has no golden inputs in assets.extra; there is nothing to verify.");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("files: " + verification.files().text());
    out.println();
    Table table = Table.of("signature", "output", ">relative error");
    for (GoldenError error : verification.errors()) {
      table.row(error.signature(), error.output(), text(error.relativeError()));
    }
    table.print(out);
    boolean sound = verification.passed();
    out.println();
    out.println(
        verification.directory()
            + (sound ? " matches its golden outputs" : " does NOT match its golden outputs")
            + " (tolerance "
            + text(verification.tolerance())
            + ").");
    out.flush();
    return sound ? 0 : 1;
  }

  private static String text(double error) {
    return String.format(Locale.ROOT, "%.1e", error);
  }
}
