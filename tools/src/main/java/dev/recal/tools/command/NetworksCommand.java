package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.Papers;
import dev.recal.graphs.network.PublishedAccuracy;
import dev.recal.graphs.profile.NetworkCounts;
import dev.recal.graphs.profile.NetworkCounts.Count;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal networks}: lists the named networks with their cost and accuracy. */
@Command(
    name = "networks",
    description =
        "List the named networks with their parameters, multiply-adds, papers and published"
            + " accuracy.")
public final class NetworksCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "WORD",
      description = "Only networks whose names contain all of these, for example: srm 50.")
  private List<String> words = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON, with every accuracy and its paper.")
  private boolean json;

  @Override
  public Integer call() {
    List<String> names =
        Networks.names().stream().filter(name -> words.stream().allMatch(name::contains)).toList();
    if (names.isEmpty()) {
      throw UsageException.unknown("WORD", String.join(" ", words), Networks.names());
    }
    announce(names);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonArray rows = new JsonArray();
      names.forEach(name -> rows.add(row(name)));
      Json.print(out, rows);
    } else {
      print(out, names);
    }
    out.flush();
    return 0;
  }

  // Only after a change to the networks; it takes up to a second for each.
  private void announce(List<String> names) {
    long unknown =
        names.stream().filter(name -> NetworkCounts.known(Networks.preset(name)).isEmpty()).count();
    if (unknown > 0) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("Counting the parameters of " + unknown + " networks for the first time.");
      err.flush();
    }
  }

  private static void print(PrintWriter out, List<String> names) {
    Table table =
        Table.of(
            "network",
            ">pixels",
            ">classes",
            ">parameters",
            ">GMACs",
            ">top-1 %",
            ">top-5 %",
            "arXiv");
    for (String name : names) {
      Networks.Preset preset = Networks.preset(name);
      Count count = NetworkCounts.of(preset);
      List<PublishedAccuracy> published = PublishedAccuracy.of(name);
      String top1 = published.stream().findFirst().map(one -> percent(one.top1())).orElse("");
      String top5 =
          published.stream()
              .findFirst()
              .flatMap(PublishedAccuracy::top5)
              .map(NetworksCommand::percent)
              .orElse("");
      table.row(
          name,
          String.valueOf(preset.imageSize()),
          String.format(Locale.ROOT, "%,d", preset.network().classes()),
          String.format(Locale.ROOT, "%,d", count.parameters()),
          String.format(Locale.ROOT, "%.4f", count.macs() / 1e9),
          top1,
          top5,
          String.join(" ", Papers.of(preset.network())));
    }
    table.print(out);
    out.println(
        "Accuracy: the first published value, on ImageNet or (32 pixels) CIFAR-10; --json lists"
            + " all.");
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static JsonObject row(String name) {
    Networks.Preset preset = Networks.preset(name);
    Count count = NetworkCounts.of(preset);
    JsonObject row = new JsonObject();
    row.addProperty("name", name);
    row.addProperty("pixels", preset.imageSize());
    row.addProperty("classes", preset.network().classes());
    row.addProperty("parameters", count.parameters());
    row.addProperty("macs", count.macs());
    JsonArray papers = new JsonArray();
    Papers.of(preset.network()).forEach(papers::add);
    row.add("papers", papers);
    JsonArray published = new JsonArray();
    for (PublishedAccuracy one : PublishedAccuracy.of(name)) {
      JsonObject accuracy = new JsonObject();
      accuracy.addProperty("data", one.data());
      accuracy.addProperty("top1", one.top1());
      one.top5().ifPresent(value -> accuracy.addProperty("top5", value));
      accuracy.addProperty("paper", one.paper());
      published.add(accuracy);
    }
    row.add("published", published);
    return row;
  }
}
