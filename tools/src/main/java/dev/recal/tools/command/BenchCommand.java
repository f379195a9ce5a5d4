package dev.recal.tools.command;

import picocli.CommandLine.Command;

/** {@code recal bench}: benchmarks. */
@Command(
    name = "bench",
    description = "Benchmark networks, modules, exports and the server.",
    subcommands = {
      BenchStepCommand.class,
      BenchNetworksCommand.class,
      BenchModulesCommand.class,
      BenchExportsCommand.class,
      BenchInputCommand.class,
      BenchServeCommand.class,
      BenchSynthesizeCommand.class,
      BenchOneShotCommand.class,
      BenchRoiAlignCommand.class,
      BenchDetectionCommand.class,
      BenchWorkersCommand.class,
      BenchTurnsCommand.class
    })
public final class BenchCommand {}
