package dev.recal.tools.run;

import dev.recal.savedmodels.ModelAddition;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.serving.SampleImage;
import dev.recal.savedmodels.serving.ServerCommands;
import dev.recal.savedmodels.serving.ServingFiles;
import dev.recal.savedmodels.serving.WarmUp;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The additional files and output of {@code export --serving}.
 *
 * @param version the written model
 * @param commands to start a server on it, and to send requests
 * @param kept existing configuration files with other content, which were kept
 */
public record ServingExport(Path version, ServerCommands commands, List<Path> kept) {

  private static final int IMAGE_SIZE = 256;

  /** Copies the list. */
  public ServingExport {
    kept = List.copyOf(kept);
  }

  /** Returns the addition to the model. */
  public static ModelAddition warmUp() throws IOException {
    return WarmUp.with(SampleImage.jpeg(IMAGE_SIZE));
  }

  /** Returns the addition with single requests only, for models with large responses. */
  public static ModelAddition warmUpOfOne() throws IOException {
    return new WarmUp(List.of(1), SampleImage.jpeg(IMAGE_SIZE));
  }

  /**
   * Rejects names that are not allowed on a server.
   *
   * @param name may be null, for the name of the model's directory
   */
  public static void requireName(String name) {
    if (name != null && !ServingFiles.isName(name)) {
      throw new UsageException(
          "--name: expected letters, digits, '.', '_' and '-', but got '" + name + "'.");
    }
  }

  /**
   * Writes the files next to a model.
   *
   * @param name the name of the model on the server; null for the name of its directory
   */
  public static ServingExport finish(Path version, String name) throws IOException {
    ServingFiles beside = ServingFiles.nextTo(version);
    ServingFiles files = name == null ? beside : beside.named(name);
    List<Path> kept = files.write(version, SampleImage.jpeg(IMAGE_SIZE));
    return new ServingExport(
        version, new ServerCommands(files, SavedModelReader.describe(version)), kept);
  }

  /** Prints the written files and how to use them. */
  public void print(PrintWriter out) throws IOException {
    ServingFiles files = commands.files();
    Path warmUp = version.resolve(WarmUp.FILE);
    if (Files.exists(warmUp)) {
      out.println(
          "Warm-up requests, all verified: " + WarmUp.read(warmUp).size() + " in " + warmUp);
    }
    out.println("Also in " + files.model() + ":");
    out.println(
        "  "
            + String.join(
                ", ", ServingFiles.MODELS, ServingFiles.BATCHING, ServingFiles.REQUESTS + "/"));
    for (Path path : kept) {
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
