package dev.recal.tools.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Command lines that are printed: a shell has to read the words that were meant. */
final class CommandLineTextTest {

  @Test
  void leavesPlainWordsAsTheyAre() {
    assertThat(CommandLineText.of("predict", Path.of("models/se_1.0"), "IMAGE..."))
        .isEqualTo("recal predict models/se_1.0 IMAGE...");
  }

  @Test
  void aShellReadsTheWordsBack() throws IOException, InterruptedException {
    Assumptions.assumeFalse(
        System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows"));
    List<String> paths =
        List.of("my runs/a", "it's", "$HOME", "`id`", "a\"b", "a;b", "a\\b", "*", "~", "a\nb", "ü");
    for (String path : paths) {
      assertThat(read(CommandLineText.of("resume", Path.of(path)))).isEqualTo("resume|" + path);
    }
    assertThat(read(CommandLineText.of("train", "--set", "name=a b", "")))
        .isEqualTo("train|--set|name=a b|");
  }

  @Test
  void aPathIsNotReadAsAnOption() {
    assertThat(CommandLineText.of("resume", Path.of("-runs"))).isEqualTo("recal resume ./-runs");
    assertThat(CommandLineText.of("train", "--weights", Path.of("--w")))
        .isEqualTo("recal train --weights ./--w");
  }

  // What a shell passes on to the program.
  private static String read(String line) throws IOException, InterruptedException {
    String script = "recal() { (IFS='|'; printf %s \"$*\"); }\n" + line;
    Process shell = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    String words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    return words;
  }
}
