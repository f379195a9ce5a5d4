package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The command lines of docs/studies.md have options that exist. */
class StudiesGuideTest {

  private static final Pattern COMMAND =
      Pattern.compile("(?m)^\\./recal ((?:study|compare) (?:.*\\\\\n)*.*)$");

  @Test
  void commandsCanBeParsed() throws IOException {
    String guide = Files.readString(Path.of("../docs/studies.md"));
    List<String> commands = COMMAND.matcher(guide).results().map(MatchResult::group).toList();
    assertThat(commands).hasSizeGreaterThan(6);
    for (String command : commands) {
      String line = command.replace("\\\n", " ").replaceAll("#.*", "").trim();
      String[] words = line.substring("./recal ".length()).split("\\s+");
      assertThatCode(() -> Main.commandLine().parseArgs(words)).as(line).doesNotThrowAnyException();
    }
  }
}
