package dev.recal.graphs.task;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a run to one process: two that train it at once would mix their metrics and checkpoints.
 * The system releases the lock of a process however it ends. The file is kept: deleting it could
 * remove another process's lock.
 */
final class RunLock implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
  private static final String FILE = ".lock";

  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws IOException if another process has it, or the directory cannot be written
   */
  static RunLock of(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!isFree(directory, channel)) {
        throw new IOException(
            "The run "
                + directory
                + " is being trained by another process; wait for it, or stop it first.");
      }
      return new RunLock(channel);
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private static boolean isFree(Path directory, FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    } catch (IOException unsupported) {
      LOG.warn(
          "The file system of {} does not support locks, so two processes could train the run at the same time.",
          directory);
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
