package dev.recal.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.tools.CommandResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script in {@code examples/slurm} with stand-ins for Slurm and for the workers. */
@Timeout(60)
class SlurmExampleTest {

  private static final Path BASH = Path.of("/bin/bash");

  @TempDir private Path directory;

  @BeforeEach
  void writeCommands() throws IOException {
    assumeThat(BASH).exists();
    for (String name : List.of("srun", "recal")) {
      try (InputStream script = getClass().getResourceAsStream(name)) {
        write(name, new String(script.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    write(
        "scontrol",
        """
        #!/bin/sh
        case $1 in
          show) printf 'node-a\\nnode-b\\n' ;;
          *) echo "$*" >"$PLAN/scontrol" ;;
        esac
        """);
  }

  private void write(String name, String script) throws IOException {
    Path file = directory.resolve("bin").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Process start(String... plan) throws IOException {
    Files.write(directory.resolve("plan.txt"), List.of(plan));
    ProcessBuilder builder =
        new ProcessBuilder(
            BASH.toString(),
            Path.of("..", "examples", "slurm", "train.sbatch").toString(),
            "imagenet-srm",
            directory.resolve("run").toString(),
            "--set",
            "training.epochs=2");
    builder.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("PLAN", directory.toString());
    builder.environment().put("SLURM_JOB_ID", "70001");
    builder.environment().put("SLURM_JOB_NODELIST", "node-[a-b]");
    builder.environment().put("RESTARTS", "1");
    return builder
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private CommandResult end(Process process) throws Exception {
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return new CommandResult(
          process.exitValue(),
          Files.readString(directory.resolve("out")),
          Files.readString(directory.resolve("err")));
    } finally {
      process.destroyForcibly();
    }
  }

  private String call(String name) throws IOException {
    return Files.readString(directory.resolve(name)).strip();
  }

  @Test
  void restartsAllWorkersWhenOneIsLost() throws Exception {
    CommandResult ran = end(start("0.0 wait", "0.1 kill"));
    assertThat(ran.exit()).as(ran.err()).isZero();
    String cluster = " --cluster node-a:30001,node-b:30001 --worker-timeout 120 --task ";
    String run = directory.resolve("run").toString();
    assertThat(call("0.1"))
        .isEqualTo("train imagenet-srm --out " + run + " --set training.epochs=2" + cluster + "1");
    assertThat(call("1.0")).isEqualTo("resume " + run + cluster + "0");
    assertThat(ran.err()).contains("a worker was lost (srun: 143); restart 1 of 1.");
    // The survivor was asked to end, and waited for.
    assertThat(directory.resolve("0.0.checkpoint")).exists();
  }

  @Test
  void endsWithAFailureThatARestartCannotFix() throws Exception {
    CommandResult ran = end(start("0.0 75", "0.1 1"));
    assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
    assertThat(directory.resolve("1.0")).doesNotExist();
    assertThat(ran.err()).contains("a restart cannot fix that");
  }

  @Test
  void endsWhenNoRestartsAreLeft() throws Exception {
    CommandResult ran = end(start("0.1 kill", "0.0 75", "1.0 75", "1.1 75"));
    assertThat(ran.exit()).as(ran.err()).isEqualTo(75);
    assertThat(ran.err()).endsWith("no restarts are left.\n");
  }

  @Test
  void writesCheckpointsAndIsRequeuedWhenTheTimeIsOver() throws Exception {
    Process process = start("0.0 wait", "0.1 wait");
    while (!Files.exists(directory.resolve("0.0.ready"))
        || !Files.exists(directory.resolve("0.1.ready"))) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    process.destroy();
    CommandResult ran = end(process);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(directory.resolve("0.0.checkpoint")).exists();
    assertThat(directory.resolve("0.1.checkpoint")).exists();
    assertThat(call("scontrol")).isEqualTo("requeue 70001");
  }
}
