package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands {@code completion} and {@code help}. */
class CompletionTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "recal insp, inspect",
    "recal bench exp, exports",
    "recal predict --top, --top-k",
    "recal help insp, inspect",
    "recal inspect --for 2.1, 2.18"
  })
  void bashCompletesCommandsOptionsAndValues(String line, String expected) throws Exception {
    assumeThat(Path.of("/bin/bash")).exists();
    CommandResult script = CommandResult.of("completion", "bash");
    assertThat(script.exit()).isZero();
    Path file = Files.writeString(directory.resolve("recal.bash"), script.out());
    String program =
        "source \"$0\"; read -ra COMP_WORDS <<< \"$1\"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
            + " COMP_LINE=$1; _complete_recal; printf '%s\\n' \"${COMPREPLY[@]}\"";
    Process bash =
        new ProcessBuilder("/bin/bash", "-c", program, file.toString(), line)
            .redirectErrorStream(true)
            .start();
    String completed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(completed.lines().map(String::strip)).contains(expected);
  }

  @Test
  void helpIsThatOfTheCommand() {
    CommandResult ran = CommandResult.of("help", "bench", "step");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo(CommandResult.of("bench", "step", "--help").out());
    assertThat(CommandResult.of("help").out()).isEqualTo(CommandResult.of("--help").out());
  }
}
