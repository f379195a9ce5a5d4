package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {

  @Test
  void helpListsEveryCommand() {
    CommandResult ran = CommandResult.of("--help");
    assertThat(ran.exit()).isZero();
    assertThat(ran.err()).isEmpty();
    Main.commandLine()
        .getSubcommands()
        .keySet()
        .forEach(name -> assertThat(ran.out()).contains(name));
  }

  @Test
  void commandsThatAreReadAloneAreTheSame() {
    CommandLine all = Main.commandLine();
    assertThat(Main.commandLineFor("--help").getUsageMessage()).isEqualTo(all.getUsageMessage());
    all.getSubcommands()
        .forEach(
            (name, command) -> {
              CommandLine needed = Main.commandLineFor(name, "--help");
              assertThat(needed.getSubcommands().get(name).getUsageMessage())
                  .isEqualTo(command.getUsageMessage());
              boolean needsAll = List.of("launch", "completion", "help").contains(name);
              assertThat(needed.getSubcommands())
                  .hasSize(needsAll ? all.getSubcommands().size() : 1);
            });
    for (String[] words :
        new String[][] {{"docter"}, {"--debug", "doctor"}, {"--help", "doctor"}}) {
      assertThat(Main.commandLineFor(words).getSubcommands()).hasSameSizeAs(all.getSubcommands());
    }
  }

  @Test
  void versionNamesWhatItRunsOn() {
    CommandResult ran = CommandResult.of("--version");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .containsPattern("Recal \\d+\\.\\d+")
        .contains("TensorFlow Java 1.")
        .contains("JVM ");
  }

  @Test
  void missingCommandIsAUsageError() {
    CommandResult ran = CommandResult.of();
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("Usage: recal");
  }

  @Test
  void suggestsTheNearestCommand() {
    CommandResult ran = CommandResult.of("docter");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("docter").contains("recal doctor").doesNotContain("\tat ");
  }

  @Test
  void suggestsTheNearestOption() {
    CommandResult ran = CommandResult.of("doctor", "--jsn");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("--jsn").contains("--json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "predict",
        "run",
        "serve",
        "verify",
        "inspect",
        "networks",
        "profile",
        "golden",
        "doctor"
      })
  void everyCommandHasHelp(String command) {
    CommandResult ran = CommandResult.of(command, "--help");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("Usage: recal " + command);
  }

  @Test
  void failureIsOneSentenceAndDebugShowsTheTrace() {
    CommandResult plain = CommandResult.of("inspect", "no-such-model");
    assertThat(plain.exit()).isEqualTo(1);
    assertThat(plain.err().lines()).hasSize(1);
    assertThat(plain.err()).startsWith("recal: ").contains("no-such-model");
    assertThat(CommandResult.of("--debug", "inspect", "no-such-model").err()).contains("\tat ");
    assertThat(CommandResult.of("inspect", "--debug", "no-such-model").err()).contains("\tat ");
  }

  @Test
  void rejectsUnknownDevices() {
    CommandResult ran = CommandResult.of("doctor", "--device", "tpu");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .startsWith(
            "recal: --device: expected auto, cpu, gpu or the number of a GPU such as gpu:1");
  }

  @Test
  void doctorSeesTheProcessorAsADevice() {
    CommandResult ran = CommandResult.of("doctor", "--json");
    assertThat(ran.exit()).isZero();
    JsonObject report = JsonParser.parseString(ran.out()).getAsJsonObject();
    assertThat(report.get("tensorflow").getAsString()).startsWith("2.");
    assertThat(report.get("devices").toString()).contains("/device:CPU:0");
    assertThat(report.getAsJsonObject("processor").get("cores").getAsInt())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(report.getAsJsonObject("memory").get("total_bytes").getAsLong()).isPositive();
    assertThat(CommandResult.of("doctor").out()).contains("oneDNN").contains("Devices");
  }
}
