package dev.recal.tools.command;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.profile.Profile;
import dev.recal.graphs.profile.Profiler;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal profile}: counts a network's parameters and multiply-adds. */
@Command(
    name = "profile",
    description = "Count a network's parameters and multiply-adds, per layer and in total.")
public final class ProfileCommand implements Callable<Integer> {

  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})(?:x([1-9]\\d{0,4}))?");
  private static final int SIZE_OF_FILES = 224;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "NETWORK.json|NAME",
      description = "A network as JSON, or its name, for example srm-resnet50.")
  private String network;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      description = "Image size in pixels (default: the published size of the network).")
  private String size;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--list", description = "List the names of the networks.")
  private boolean list;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      Networks.names().forEach(out::println);
      out.flush();
      return 0;
    }
    if (network == null) {
      throw new UsageException(
          "NETWORK: expected a JSON file or a network's name ('--list' shows them), but got"
              + " nothing.");
    }
    Profile profile = profile();
    out.println(json ? profile.toJson() : profile.toText().stripTrailing());
    out.flush();
    return 0;
  }

  private Profile profile() throws IOException {
    Network built;
    int published;
    if (network.endsWith(".json")) {
      Path file = Path.of(network);
      built = UsageException.check(() -> NetworkJson.read(file));
      published = SIZE_OF_FILES;
    } else {
      if (!Networks.names().contains(network)) {
        throw UsageException.unknown("NETWORK (--list shows them)", network, Networks.names());
      }
      Networks.Preset preset = Networks.preset(network);
      built = preset.network();
      published = preset.imageSize();
    }
    int[] pixels = pixels(published);
    return UsageException.check(() -> Profiler.of(built, pixels[0], pixels[1]));
  }

  private int[] pixels(int published) {
    Optional<Matcher> matcher = Optional.ofNullable(size).map(SIZE::matcher);
    if (matcher.isEmpty()) {
      return new int[] {published, published};
    }
    if (!matcher.get().matches()) {
      throw new UsageException(
          "--size: expected HxW in pixels, for example 224x224, but got '" + size + "'.");
    }
    int height = Integer.parseInt(matcher.get().group(1));
    String width = matcher.get().group(2);
    return new int[] {height, width == null ? height : Integer.parseInt(width)};
  }
}
