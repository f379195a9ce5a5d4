package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.tools.bench.NamedSubjects;
import dev.recal.tools.bench.NamedSubjects.Turn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code recal bench turns}: benchmarks of a program that takes turns with another library. */
@Command(
    name = "turns",
    description = {
      "Measure one subject for each line of standard input, so that a program can take turns with"
          + " another library (interop/bench/compare.py).",
      "",
      "  network NAME PRECISION train|infer BATCH SIZE",
      "  block MODULE STAGE PRECISION forward|step BATCH",
      "  export NETWORK plain|float32|bfloat16 BATCH SIZE",
      "  release",
      "",
      "A subject is opened by its first line and stays open until the line 'release'. Its calls are"
          + " made several times in a row, of which the first is not counted. A module is one that"
          + " 'bench modules --list' prints, or plain:norm, plain:spatial, plain:gate, plain:skip. Each"
          + " answer is one line of JSON with the seconds of the calls, for an export with the"
          + " model's directory."
    })
public final class BenchTurnsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (NamedSubjects subjects =
        new NamedSubjects(Path.of(System.getProperty("java.io.tmpdir")))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        if (line.strip().equals("release")) {
          subjects.release();
          out.println("{}");
        } else {
          out.println(json(subjects.turn(line)));
        }
        out.flush();
      }
    }
    return 0;
  }

  private static JsonObject json(Turn turn) {
    JsonArray seconds = new JsonArray();
    turn.seconds().forEach(seconds::add);
    JsonObject answer = new JsonObject();
    answer.add("seconds", seconds);
    turn.model().ifPresent(path -> answer.addProperty("model", path.toString()));
    return answer;
  }
}
