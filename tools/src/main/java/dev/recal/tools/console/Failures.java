package dev.recal.tools.console;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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

  // Errors of the libraries, also inside a command's usage error.
  private static boolean namesArgument(Exception failure) {
    return failure instanceof IllegalArgumentException
        || failure instanceof UsageException && failure.getCause() != null;
  }

  /** Returns an error as one sentence on one line. */
  static String sentence(Throwable failure) {
    Throwable cause = failure;
    while (isWrapper(cause) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    String text = cause instanceof FileSystemException file ? describe(file) : message;
    if (text == null || text.isBlank()) {
      text = cause.getClass().getSimpleName();
    } else if (!expected(cause)) {
      text = cause.getClass().getSimpleName() + ": " + text;
    }
    String line =
        text.lines()
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .reduce((a, b) -> a + " " + b)
            .orElse(text);
    return line.endsWith(".") || line.endsWith("!") || line.endsWith("?") ? line : line + ".";
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof UncheckedIOException || failure instanceof ExecutionException;
  }

  // Java's message is only the file name; the class states the problem.
  private static String describe(FileSystemException failure) {
    String file = failure.getFile();
    if (failure instanceof NoSuchFileException) {
      return "No such file or directory: " + file + ".";
    }
    if (failure instanceof AccessDeniedException) {
      return "Access to " + file + " is denied.";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return file + " already exists.";
    }
    if (failure instanceof NotDirectoryException) {
      return file + " is not a directory.";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return file + " is not empty.";
    }
    return failure.getMessage();
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
