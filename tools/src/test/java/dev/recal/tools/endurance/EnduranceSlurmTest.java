package dev.recal.tools.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.savedmodels.serving.ShellWords;
import dev.recal.tools.Main;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script in {@code examples/slurm} with real workers on two hosts, and stand-ins for Slurm's
 * commands: a killed worker ends both, and training resumes.
 */
@Tag("slow")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class EnduranceSlurmTest {

  @TempDir private Path directory;

  @Test
  void killedWorkersResume() throws Exception {
    try (TwoHosts hosts = TwoHosts.create()) {
      assumeThat(hosts.isUsable()).as("may create network namespaces").isTrue();
      Path run = directory.resolve("run");
      Process job = start(hosts, run);
      try {
        await(job, () -> WorkersRun.step(run) >= 2 * WorkersRun.CHECKPOINT);
        worker(run).destroyForcibly();
        assertThat(job.waitFor(5, TimeUnit.MINUTES)).isTrue();
      } finally {
        job.destroyForcibly();
      }
      String output = Files.readString(directory.resolve("output"));
      assertThat(job.exitValue()).as(output).isZero();
      assertThat(output)
          .contains("a worker was lost (srun: ", "); restart 1 of 20.")
          .contains("Resuming from " + run);
      assertThat(WorkersRun.step(run)).isEqualTo(WorkersRun.STEPS);
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private void await(Process job, Condition condition) throws Exception {
    while (!condition.holds()) {
      assertThat(job.isAlive()).as(Files.readString(directory.resolve("output"))).isTrue();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static ProcessHandle worker(Path run) {
    return ProcessHandle.allProcesses()
        .filter(process -> words(process).startsWith(System.getProperty("java.home")))
        .filter(process -> words(process).contains(run.toString()))
        .filter(process -> words(process).endsWith(" --task 1"))
        .findFirst()
        .orElseThrow();
  }

  private static String words(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      return Files.readString(file).replace('\0', ' ').strip();
    } catch (IOException ended) {
      return "";
    }
  }

  private Process start(TwoHosts hosts, Path run) throws IOException {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    try (InputStream srun = getClass().getResourceAsStream("/dev/recal/tools/launch/srun")) {
      write(bin.resolve("srun"), new String(srun.readAllBytes(), StandardCharsets.UTF_8));
    }
    write(
        bin.resolve("scontrol"),
        "#!/bin/sh\nprintf '%s\\n' " + hosts.address(0) + " " + hosts.address(1) + "\n");
    write(
        bin.resolve("recal"),
        "#!/bin/sh\nexec " + ShellWords.line(Endurance.java("256m", Main.class)) + " \"$@\"\n");
    ProcessBuilder job =
        new ProcessBuilder(
            "/bin/bash",
            Path.of("..", "examples", "slurm", "train.sbatch").toString(),
            WorkersRun.recipe(directory).toString(),
            run.toString());
    job.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    job.environment().put("SLURM_JOB_ID", "7");
    job.environment().put("SLURM_JOB_NODELIST", "two");
    job.environment().put("WORKER_TIMEOUT", "10");
    for (int host = 0; host < 2; host++) {
      job.environment().put("SRUN_PREFIX_" + host, String.join(" ", hosts.prefix(host)));
    }
    return job.redirectErrorStream(true)
        .redirectOutput(directory.resolve("output").toFile())
        .start();
  }

  private static void write(Path file, String script) throws IOException {
    Files.writeString(file, script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
