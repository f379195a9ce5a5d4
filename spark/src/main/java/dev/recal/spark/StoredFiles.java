package dev.recal.spark;

import dev.recal.models.predict.ImageAnswers;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Image files in any file system of Hadoop, read in the background. */
final class StoredFiles {

  // Reading waits for a disk or a network, and needs no processor.
  private static final int READERS = 8;
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ExecutorService POOL =
      Executors.newFixedThreadPool(
          READERS,
          task -> {
            Thread thread = new Thread(task, "recal-reader-" + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  private StoredFiles() {}

  /**
   * The content of a file, or the reason why there is none.
   *
   * @param bytes null if there is a problem
   * @param problem a sentence; null if there is none
   */
  record Content(byte[] bytes, String problem) {
    static Content of(byte[] bytes) {
      return new Content(bytes, null);
    }

    static Content unreadable(String problem) {
      return new Content(null, problem);
    }
  }

  /** Begins to read a file; the future never fails. */
  static CompletableFuture<Content> read(String path, Configuration hadoop) {
    return CompletableFuture.supplyAsync(() -> content(path, hadoop), POOL);
  }

  private static Content content(String path, Configuration hadoop) {
    try {
      Path file = new Path(path);
      FileSystem files = file.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(file);
      if (!status.isFile()) {
        return Content.unreadable("It is not a regular file.");
      }
      Optional<String> problem = ImageAnswers.sizeProblem(status.getLen());
      if (problem.isPresent()) {
        return Content.unreadable(problem.get());
      }
      byte[] bytes = new byte[Math.toIntExact(status.getLen())];
      try (FSDataInputStream input = files.open(file)) {
        input.readFully(0, bytes);
      }
      return Content.of(bytes);
    } catch (FileNotFoundException missing) {
      return Content.unreadable("It does not exist, or access to it is denied.");
    } catch (IOException | RuntimeException failure) {
      // The file systems of Hadoop throw exceptions of all kinds.
      return Content.unreadable("It cannot be read: " + failure.getMessage());
    }
  }
}
