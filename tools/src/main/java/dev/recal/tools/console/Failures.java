package dev.recal.tools.console;

import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.files.FileFailures;
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
    return failure instanceof UsageException || refused.isPresent()
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  // What the libraries refuse, also where a command has said already that it is a usage error.
  private static boolean namesArgument(Exception failure) {
    return failure instanceof IllegalArgumentException
        || failure instanceof UsageException && failure.getCause() != null;
  }

  /** Returns an error as one sentence on one line. */
  static String sentence(Throwable failure) {
    Throwable told = failure;
    while (wraps(told) && told.getCause() != null) {
      told = told.getCause();
    }
    String text = text(told);
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

  private static boolean wraps(Throwable failure) {
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
