package dev.recal.tools.compatibility;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A runtime that loads SavedModels, in separate processes.
 *
 * @param title its name with the version of TensorFlow
 * @param program the loading program
 * @param seconds the time limit for one model
 */
record Consumer(String title, Program program, int seconds) {

  private static final String VARIABLES = "variables";

  /**
   * Tests models in one process, and in a new one after a crash.
   *
   * @param work a directory for what it writes and keeps
   * @throws IOException if the consumer cannot be installed or started; failures of a model are
   *     findings
   */
  List<Findings> examine(List<SampleModel> models, Path work)
      throws IOException, InterruptedException {
    Path home = Files.createDirectories(work.resolve(fileName()));
    List<String> command = program.command(home);
    Path answers = Files.createTempDirectory(home, "answers");
    List<Findings> findings = new ArrayList<>();
    while (findings.size() < models.size()) {
      List<SampleModel> rest = models.subList(findings.size(), models.size());
      ProcessResult child = run(command, answers, rest);
      int before = findings.size();
      for (SampleModel model : rest) {
        Path file = answers.resolve(model.home().getFileName() + ".json");
        if (!Files.exists(file)) {
          break;
        }
        findings.add(findings(model, file));
      }
      if (findings.size() == before || !child.succeeded() && findings.size() < models.size()) {
        SampleModel fatal = models.get(findings.size());
        Check failed = Check.failed("load", "The process ended with " + child.tail());
        findings.add(new Findings(title, "", fatal.title(), List.of(failed)));
      }
    }
    return findings;
  }

  /** Returns its title as a file's name. */
  String fileName() {
    return title.replaceAll("[^0-9A-Za-z.]+", "-").replaceAll("-$", "");
  }

  private ProcessResult run(List<String> command, Path answers, List<SampleModel> models)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.add(answers.toString());
    models.forEach(model -> all.add(model.home().toString()));
    return ProcessResult.run(all, Map.of(), answers.resolve("log.txt"), seconds);
  }

  private Findings findings(SampleModel model, Path file) throws IOException {
    JsonObject said = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    return new Findings(
        title, said.get("runtime").getAsString(), model.title(), checks(model, said));
  }

  private static List<Check> checks(SampleModel model, JsonObject said) {
    if (said.has("error")) {
      return List.of(Check.failed("load", said.get("error").getAsString()));
    }
    List<Check> checks = new ArrayList<>(List.of(Check.passed("load", "")));
    checks.add(
        said.has(VARIABLES)
            ? Agreement.variables(model, said.getAsJsonObject(VARIABLES))
            : Check.notApplicable(VARIABLES, "It offers none."));
    boolean truncates = SampleNetworks.pyramids().containsKey(model.title());
    Map<String, Check> calls = new LinkedHashMap<>();
    List<JsonElement> answers = said.getAsJsonArray("calls").asList();
    for (int i = 0; i < answers.size(); i++) {
      SampleModel.Call call = model.calls().get(i);
      Check check = Agreement.call(call, answers.get(i).getAsJsonObject(), truncates);
      calls.merge(call.signature(), check, (one, other) -> one.hasFailed() ? one : other);
    }
    checks.addAll(calls.values());
    if (said.has("checks")) {
      JsonArray own = said.getAsJsonArray("checks");
      own.forEach(check -> checks.add(own(check.getAsJsonObject())));
    }
    return checks;
  }

  private static Check own(JsonObject check) {
    return new Check(
        check.get("name").getAsString(),
        Check.Outcome.valueOf(check.get("outcome").getAsString()),
        check.get("detail").getAsString());
  }
}
