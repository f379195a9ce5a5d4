package dev.recal.tools.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Decides whether and with how many workers training goes on after one was lost. A restart that led
 * to a newer checkpoint does not count. A worker that is lost twice in a row without a newer
 * checkpoint gives up its place, if fewer workers are allowed and can share the batch.
 */
final class RestartPolicy {

  private static final int TWICE = 2;

  private final LaunchSettings settings;
  private final OptionalInt batch;
  private final List<Integer> places;
  private int restarts;
  private OptionalInt blamed = OptionalInt.empty();
  private int blames;

  /**
   * A policy for a gang that has not failed yet.
   *
   * @param settings the numbers of workers and restarts
   * @param batch the training's global batch size, which the workers share; empty if unknown
   */
  RestartPolicy(LaunchSettings settings, OptionalInt batch) {
    this.settings = settings;
    this.batch = batch;
    this.places = new ArrayList<>(IntStream.range(0, settings.workers()).boxed().toList());
  }

  /** Returns the places, each with its GPUs, of the workers; their number is that of workers. */
  List<Integer> places() {
    return List.copyOf(places);
  }

  /** Returns how many restarts in a row made no progress, this one included. */
  int restarts() {
    return restarts;
  }

  /**
   * Counts a lost worker.
   *
   * @param worker its index among {@link #places}; empty if it is not known which one failed
   * @param progress whether there is a newer checkpoint than before the last start
   * @return whether the workers are started again
   */
  boolean lost(OptionalInt worker, boolean progress) {
    OptionalInt place = worker.isPresent() ? OptionalInt.of(places.get(worker.getAsInt())) : worker;
    if (progress) {
      restarts = 0;
      blames = 0;
    }
    blames = place.isPresent() && place.equals(blamed) ? blames + 1 : 1;
    blamed = place;
    if (place.isPresent() && blames >= TWICE && giveUp(place.getAsInt())) {
      restarts = 0;
      blames = 0;
      return true;
    }
    if (restarts >= settings.restarts()) {
      return false;
    }
    restarts++;
    return true;
  }

  private boolean giveUp(int place) {
    int fewer =
        IntStream.iterate(places.size() - 1, n -> n >= settings.minWorkers(), n -> n - 1)
            .filter(n -> batch.isEmpty() || batch.getAsInt() % n == 0)
            .findFirst()
            .orElse(0);
    if (fewer == 0) {
      return false;
    }
    places.remove(Integer.valueOf(place));
    places.subList(fewer, places.size()).clear();
    return true;
  }
}
