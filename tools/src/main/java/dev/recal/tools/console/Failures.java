package dev.recal.tools.console;

import dev.recal.graphs.cluster.WorkerLostException;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.runtime.NativeLibraryException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints every error as one sentence on stderr; a stack trace only if requested. */
public final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

  /** The exit code after which all workers should be started again; {@code EX_TEMPFAIL}. */
  public static final int WORKER_LOST = 75;

  private static final String DEBUG = "--debug";

  @Override
  public int handleParseException(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("recal: " + sentence(wrong));
    UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    boolean debug = debug(parsed);
    boolean expected = expected(failure);
    String sentence = sentence(failure);
    Optional<String> refused =
        namesArgument(failure)
            ? ArgumentNames.translate(command.getCommandSpec(), sentence)
            : Optional.empty();
    err.println(
        "recal: "
            + refused.orElse(sentence)
            + (expected || debug ? "" : " Run with --debug for more."));
    if (debug) {
      failure.printStackTrace(err);
    }
    err.flush();
    if (failure instanceof WorkerLostException) {
      return WORKER_LOST;
    }
    boolean usage =
        failure instanceof UsageException
            || refused.isPresent() && failure instanceof IllegalArgumentException;
    return usage && !ArgumentNames.isMissingFile(command.getCommandSpec(), sentence)
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  // Errors of the libraries, also inside a command's usage error.
  private static boolean namesArgument(Exception failure) {
    return failure instanceof IllegalArgumentException
        || failure instanceof IOException
        || failure instanceof UsageException && failure.getCause() != null;
  }

  /** Returns an error as one sentence on one line. */
  static String sentence(Throwable failure) {
    Throwable cause = failure;
    while (isWrapper(cause) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = text(cause);
    String line =
        text.lines()
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .reduce((a, b) -> a + " " + b)
            .orElse(text);
    return line.endsWith(".") || line.endsWith("!") || line.endsWith("?") ? line : line + ".";
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    if (TensorFlowFailures.isFrom(failure)) {
      return "TensorFlow failed: " + TensorFlowFailures.reason(failure) + ".";
    }
    if (failure instanceof IOException file) {
      return describe(file);
    }
    if (failure instanceof UncheckedIOException file) {
      return FileFailures.sentence(file);
    }
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    return expected(failure) ? message : failure.getClass().getSimpleName() + ": " + message;
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof ExecutionException;
  }

  private static String describe(IOException failure) {
    return failure instanceof NoSuchFileException missing
        ? "No such file or directory: " + missing.getFile() + "."
        : FileFailures.sentence(failure);
  }

  // The libraries write sentences into these; for other exceptions the class is printed.
  private static boolean expected(Throwable failure) {
    return failure instanceof UsageException
        || failure instanceof FailureException
        || failure instanceof WorkerLostException
        || failure instanceof NativeLibraryException
        || failure instanceof IllegalArgumentException
        || failure instanceof IOException
        || failure instanceof UncheckedIOException
        || failure instanceof ParameterException;
  }

  private static boolean debug(ParseResult parsed) {
    String variable = System.getenv("RECAL_DEBUG");
    return variable != null && !variable.isEmpty() && !variable.equals("0")
        || parsed.originalArgs().contains(DEBUG);
  }
}
