package dev.recal.graphs.training;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The resources that a job has opened, closed together in reverse order, even if one fails. A
 * constructor that fails halfway closes what it has.
 */
public final class OpenedResources implements AutoCloseable {

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Takes a resource to close; returns it. */
  public <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  /**
   * Closes everything; does nothing the second time.
   *
   * @throws IllegalStateException if something could not be closed; the others are closed
   */
  @Override
  public void close() {
    IllegalStateException failed = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception failure) {
        if (failed == null) {
          failed = new IllegalStateException("A resource could not be closed.", failure);
        } else {
          failed.addSuppressed(failure);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
