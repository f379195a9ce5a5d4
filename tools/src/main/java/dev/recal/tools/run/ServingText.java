package dev.recal.tools.run;

import dev.recal.models.export.ServingExport;
import dev.recal.savedmodels.serving.ServerCommands;
import dev.recal.savedmodels.serving.ServingFiles;
import dev.recal.savedmodels.serving.WarmUp;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What an export for TensorFlow Serving has written, as text. */
public final class ServingText {

  private ServingText() {}

  /** Prints which files were written and the commands that use them. */
  public static void print(PrintWriter out, ServingExport export) throws IOException {
    ServerCommands commands = export.commands();
    ServingFiles files = commands.files();
    Path warmUp = export.version().resolve(WarmUp.FILE);
    if (Files.exists(warmUp)) {
      out.println(
          "Warm-up requests, all verified: " + WarmUp.read(warmUp).size() + " in " + warmUp);
    }
    out.println("Also in " + files.model() + ":");
    out.println(
        "  "
            + String.join(
                ", ", ServingFiles.MODELS, ServingFiles.BATCHING, ServingFiles.REQUESTS + "/"));
    for (Path path : export.kept()) {
      out.println(
          "  "
              + path.getFileName()
              + " already exists with other content and was kept; delete it to have it rewritten");
    }
    print(out, "Start TensorFlow Serving with Docker:", List.of(commands.docker()));
    print(out, "or with its binary:", List.of(commands.binary()));
    print(out, "Send a request over REST:", commands.rest());
    print(out, "or over gRPC:", commands.rpc());
  }

  private static void print(PrintWriter out, String title, List<String> lines) {
    out.println();
    out.println(title);
    lines.forEach(line -> out.println("  " + line));
  }
}
