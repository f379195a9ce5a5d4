package dev.recal.graphs.training;

import com.google.gson.GsonBuilder;
import dev.recal.graphs.files.DurableFiles;
import dev.recal.graphs.training.CheckpointState.CheckpointFile;
import dev.recal.ops.Saver;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * The checkpoints of a run: {@code step-000001234/} with TensorFlow's {@code variables.*} and a
 * {@code state.json}.
 *
 * <p>Each is written into a temporary directory, synced and renamed, so a directory with a
 * checkpoint's name is a complete checkpoint even if the process is killed. Checkpoints with
 * diverged weights are moved to {@code diverged-step-…}, which is never read.
 */
public final class CheckpointDirectory {

  /** The name of the checkpoints' directory in a run's directory. */
  public static final String NAME = "checkpoints";

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointDirectory.class);
  private static final String PREFIX = "step-";
  private static final String TEMPORARY = ".writing-";
  private static final String REPLACED = ".old-";
  private static final String DIVERGED = "diverged-";
  private static final String STATE = "state.json";
  private static final String VARIABLES = "variables";
  private static final String INCOMPLETE =
      "The checkpoint %s is damaged: expected %d bytes in %s, but got %d.";

  private final Path root;
  private final int keep;
  private final WatchedDirectory watched;

  /**
   * A directory that is created with the first checkpoint.
   *
   * @param root its path
   * @param keep the number of latest checkpoints to keep, in addition to the best
   */
  public CheckpointDirectory(Path root, int keep) {
    this.root = root;
    this.keep = keep;
    this.watched = new WatchedDirectory(root);
  }

  /**
   * The checkpoints of a run's directory.
   *
   * @param run the run's directory
   * @param keep how many of the last checkpoints are kept besides the best
   */
  public static CheckpointDirectory ofRun(Path run, int keep) {
    return new CheckpointDirectory(run.resolve(NAME), keep);
  }

  /** Returns the directory. */
  public Path root() {
    return root;
  }

  /** Returns the complete checkpoints, the newest first. */
  public List<Path> all() throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(path -> path.getFileName().toString().startsWith(PREFIX))
          .sorted(Comparator.comparing((Path path) -> path.getFileName().toString()).reversed())
          .toList();
    }
  }

  /** Returns whether a directory is a checkpoint. */
  public static boolean isAt(Path directory) {
    return Files.isRegularFile(directory.resolve(STATE));
  }

  /** Returns the file prefix that TensorFlow reads a checkpoint's variables from. */
  public static String variables(Path checkpoint) {
    return checkpoint.resolve(VARIABLES).toString();
  }

  /**
   * Returns the whole checkpoint with the best score, or the newest where none was reviewed. With
   * several stages it is one of the last stage. Damaged ones are logged.
   *
   * @return empty if there is no checkpoint
   * @throws CheckpointException if there are checkpoints and all of them are damaged
   */
  public Optional<Path> best() throws IOException {
    Map<Path, CheckpointState> intact = intact();
    List<Path> damaged = all().stream().filter(path -> !intact.containsKey(path)).toList();
    if (intact.isEmpty() && !damaged.isEmpty()) {
      throw allUnreadable();
    }
    damaged.forEach(path -> LOG.warn("{} is damaged; the best of the others is used.", path));
    return best(intact);
  }

  private static Optional<Path> best(Map<Path, CheckpointState> intact) {
    int last = intact.values().stream().mapToInt(CheckpointState::stageNumber).max().orElse(0);
    // The newest of equal scores, which is first in the order.
    return intact.entrySet().stream()
        .filter(entry -> entry.getValue().stageNumber() == last)
        .reduce((best, next) -> score(next) > score(best) ? next : best)
        .map(Map.Entry::getKey);
  }

  private static double score(Map.Entry<Path, CheckpointState> checkpoint) {
    return checkpoint.getValue().accuracy().orElse(Double.NEGATIVE_INFINITY);
  }

  /** Returns the newest complete checkpoint; empty if there is none. */
  public Optional<Path> newest() throws IOException {
    return intact().keySet().stream().findFirst();
  }

  /**
   * Returns the newest whole checkpoint of a stage.
   *
   * @param stage from 0
   * @throws CheckpointException if there is none
   */
  Path lastOf(int stage) throws IOException {
    return intact().entrySet().stream()
        .filter(entry -> entry.getValue().stageNumber() == stage)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () ->
                new CheckpointException(
                    "There is no complete checkpoint of stage " + (stage + 1) + " in " + root + ".",
                    null));
  }

  /**
   * Rejects a directory that holds checkpoints.
   *
   * @throws IllegalArgumentException if it holds any
   */
  void requireNone() throws IOException {
    if (!all().isEmpty()) {
      throw new IllegalArgumentException(
          "directory: expected no checkpoints, but "
              + root
              + " contains some; resume the run, or train in another directory.");
    }
  }

  // Intact checkpoints, the newest first.
  private Map<Path, CheckpointState> intact() throws IOException {
    Map<Path, CheckpointState> intact = new LinkedHashMap<>();
    for (Path path : all()) {
      try {
        intact.put(path, read(path));
      } catch (CheckpointException damaged) {
        // Resuming and 'best' report it; here the others count.
      }
    }
    return intact;
  }

  CheckpointException allUnreadable() {
    return new CheckpointException("No checkpoint in " + root + " can be read.", null);
  }

  /**
   * Returns the summary of a checkpoint.
   *
   * @throws CheckpointException if it is damaged
   */
  public static CheckpointSummary describe(Path checkpoint) throws CheckpointException {
    CheckpointState state = read(checkpoint);
    return new CheckpointSummary(
        state.step(),
        state.epoch(),
        state.seed(),
        state.dataDigest(),
        state.accuracy(),
        state.stageNumber(),
        state.best().map(Position.BestScore::reviewsSince).orElse(0));
  }

  /**
   * Writes a checkpoint. A checkpoint of the same step is replaced; others are kept until {@link
   * #prune}.
   *
   * @param files contents of further files by name
   * @return its directory
   * @throws CheckpointException if it cannot be written; existing checkpoints are kept
   */
  Path write(Session session, Saver saver, CheckpointState state, Map<String, String> files)
      throws CheckpointException {
    Path target = path(state.step());
    Path temporary = root.resolve(TEMPORARY + target.getFileName());
    try {
      watched.create();
      DurableFiles.delete(temporary);
      Files.createDirectory(temporary);
      saver.save(session, variables(temporary));
      for (Map.Entry<String, String> file : files.entrySet()) {
        TextFiles.write(temporary.resolve(file.getKey()), file.getValue());
      }
      CheckpointState complete = state.withFiles(syncAll(temporary));
      String text = new GsonBuilder().setPrettyPrinting().create().toJson(complete.json());
      TextFiles.write(temporary.resolve(STATE), text + "\n");
      DurableFiles.sync(temporary.resolve(STATE));
      DurableFiles.syncDirectory(temporary);
      replace(temporary, target);
      DurableFiles.syncDirectory(root);
      deleteTemporary();
      return target;
    } catch (IOException
        | TensorFlowException
        | TFInvalidArgumentException
        | TFUnimplementedException failure) {
      deleteQuietly(temporary);
      throw CheckpointException.of(target, "could not be written", failure);
    }
  }

  private Path path(long step) {
    return root.resolve(String.format(Locale.ROOT, "%s%09d", PREFIX, step));
  }

  /** See {@link WatchedDirectory#requireExists}. */
  void requireExists() throws CheckpointException {
    watched.requireExists();
  }

  private void replace(Path temporary, Path target) throws IOException {
    if (Files.exists(target)) {
      Path old = root.resolve(REPLACED + target.getFileName());
      DurableFiles.delete(old);
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.delete(old);
    } else {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /**
   * Reads the state of a checkpoint, and checks that its files are complete.
   *
   * @throws CheckpointException if it is damaged
   */
  static CheckpointState read(Path checkpoint) throws CheckpointException {
    try {
      CheckpointState state =
          JsonRecords.sealed()
              .read(
                  JsonRecords.parse(TextFiles.read(checkpoint.resolve(STATE))),
                  CheckpointState.class);
      for (CheckpointFile file : state.files()) {
        long found = Files.size(checkpoint.resolve(file.name()));
        if (found != file.bytes()) {
          throw new CheckpointException(
              String.format(Locale.ROOT, INCOMPLETE, checkpoint, file.bytes(), file.name(), found),
              null);
        }
      }
      return state;
    } catch (IOException | IllegalArgumentException unreadable) {
      throw CheckpointException.of(checkpoint, "is damaged", unreadable);
    }
  }

  /**
   * Restores the variables.
   *
   * @throws CheckpointException if the files are damaged or contain other variables
   */
  public static void restore(Session session, Saver saver, Path checkpoint)
      throws CheckpointException {
    try {
      saver.restore(session, variables(checkpoint));
    } catch (TensorFlowException | IllegalArgumentException | TFUnimplementedException failure) {
      throw CheckpointException.of(checkpoint, "cannot be read", failure);
    }
  }

  /**
   * Sets aside a checkpoint with diverged weights, if there is an earlier one.
   *
   * @return its new path, if there is one of that step and an earlier one
   */
  Optional<Path> setAside(long step) throws IOException {
    Path diverged = path(step);
    List<Path> all = all();
    int index = all.indexOf(diverged);
    if (index < 0 || index == all.size() - 1) {
      return Optional.empty();
    }
    Path aside = root.resolve(DIVERGED + diverged.getFileName());
    DurableFiles.delete(aside);
    Files.move(diverged, aside, StandardCopyOption.ATOMIC_MOVE);
    return Optional.of(aside);
  }

  /**
   * Deletes all but the last ones, the best one, and the last one of each finished stage, from
   * which the next one starts. A damaged checkpoint does not count as a kept one, and is deleted
   * once training has passed it.
   *
   * @param newest the last one that was written
   */
  void prune(Path newest) throws IOException {
    Map<Path, CheckpointState> intact = intact();
    Set<Path> stay = intact.keySet().stream().limit(keep).collect(Collectors.toSet());
    best(intact).ifPresent(stay::add);
    Set<Integer> stages = new HashSet<>();
    intact.forEach(
        (path, state) -> {
          if (stages.add(state.stageNumber())) {
            stay.add(path);
          }
        });
    List<Path> all = all();
    for (Path path : all) {
      boolean newer = all.indexOf(path) < all.indexOf(newest);
      if (!stay.contains(path) && !(newer && !intact.containsKey(path))) {
        DurableFiles.delete(path);
      }
    }
  }

  /**
   * Returns a further file of the newest checkpoint that can be read.
   *
   * @param name inside the checkpoint's directory
   * @return empty if there is no checkpoint, or it has no such file, like older ones
   */
  public Optional<String> file(String name) throws IOException {
    Optional<Path> file =
        newest().map(checkpoint -> checkpoint.resolve(name)).filter(Files::isRegularFile);
    return file.isPresent() ? Optional.of(TextFiles.read(file.get())) : Optional.empty();
  }

  /** Deletes partial checkpoints of a killed process. */
  void deleteTemporary() throws IOException {
    if (Files.isDirectory(root)) {
      try (Stream<Path> entries = Files.list(root)) {
        for (Path path : entries.filter(CheckpointDirectory::isTemporary).toList()) {
          DurableFiles.delete(path);
        }
      }
    }
  }

  private static boolean isTemporary(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(TEMPORARY) || name.startsWith(REPLACED);
  }

  private static List<CheckpointFile> syncAll(Path directory) throws IOException {
    List<CheckpointFile> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path file : entries.sorted().toList()) {
        DurableFiles.sync(file);
        files.add(new CheckpointFile(file.getFileName().toString(), Files.size(file)));
      }
    }
    return files;
  }

  private static void deleteQuietly(Path directory) {
    try {
      DurableFiles.delete(directory);
    } catch (IOException left) {
      return; // The next checkpoint deletes it.
    }
  }
}
