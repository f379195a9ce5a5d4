package dev.recal.tools.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Arguments rejected by libraries are reported as the options of the command. */
class ArgumentNamesTest {

  static final class Features {
    @Option(names = "--feature-size")
    Integer imageSize;
  }

  @Command(name = "export")
  static final class Export implements Callable<Integer> {

    @Parameters(paramLabel = "RUN")
    String model;

    @Option(names = "--min-agreement")
    double share;

    @Option(names = {"-n", "--name"})
    String name;

    @Mixin Features features = new Features();

    RuntimeException thrown;

    @Override
    public Integer call() {
      throw thrown;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "model, RUN",
    "share, --min-agreement",
    "minAgreement, --min-agreement",
    "name, --name",
    "imageSize, --feature-size",
    "featureSize, --feature-size"
  })
  void argumentIsReportedAsItsOption(String argument, String option) {
    CommandResult ran =
        refused(new IllegalArgumentException(argument + ": expected more, but got 2."));
    assertThat(ran.err).isEqualTo("recal: " + option + ": expected more, but got 2.\n");
    assertThat(ran.exit).isEqualTo(CommandLine.ExitCode.USAGE);
  }

  @Test
  void otherArgumentsAreReportedAsFailures() {
    for (String sentence : new String[] {"filters: expected 8, but got 7.", "No model: none."}) {
      CommandResult ran = refused(new IllegalArgumentException(sentence));
      assertThat(ran.err).isEqualTo("recal: " + sentence + "\n");
      assertThat(ran.exit).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    }
  }

  @Test
  void translatesArgumentsInWrappedUsageErrors() {
    RuntimeException wrapped = null;
    try {
      UsageException.check(
          () -> {
            throw new IllegalArgumentException("imageSize: expected 8, but got 7.");
          });
    } catch (UsageException usage) {
      wrapped = usage;
    }
    assertThat(refused(wrapped).err).isEqualTo("recal: --feature-size: expected 8, but got 7.\n");
  }

  @Test
  void keepsMessagesOfCommands() {
    CommandResult ran = refused(new UsageException("name: as it is."));
    assertThat(ran.err).isEqualTo("recal: name: as it is.\n");
    assertThat(ran.exit).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(refused(new FailureException("model: as it is.")).exit)
        .isEqualTo(CommandLine.ExitCode.SOFTWARE);
  }

  private record CommandResult(int exit, String err) {}

  private static CommandResult refused(RuntimeException thrown) {
    Export export = new Export();
    export.thrown = thrown;
    StringWriter err = new StringWriter();
    int exit =
        new CommandLine(export)
            .setExecutionExceptionHandler(new Failures())
            .setErr(new PrintWriter(err, true))
            .execute("runs/one");
    return new CommandResult(exit, err.toString());
  }
}
