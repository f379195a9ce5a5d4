package dev.recal.tools.bench.workers;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.Arguments;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network to measure.
 *
 * @param name of the network
 * @param batch images of each worker in a step
 * @param size height and width of the images in pixels
 */
public record Subject(String name, int batch, int size) {

  private static final Pattern WORDS = Pattern.compile("([^:]+)(?::(\\d{1,5})(?::(\\d{1,5}))?)?");

  /** Rejects unknown networks, and numbers below 1. */
  public Subject {
    Arguments.require(
        Networks.names().contains(name),
        "networks",
        "names that 'recal networks' lists",
        "'" + name + "'");
    Arguments.atLeast(1, "batch", batch);
    Arguments.atLeast(1, "size", size);
  }

  /**
   * Reads {@code NAME[:BATCH[:SIZE]]}. By default, networks for CIFAR take 64 images of 32 pixels,
   * the others 8 of 224 pixels.
   */
  public static Subject parse(String words) {
    Matcher parts = WORDS.matcher(words);
    Arguments.require(parts.matches(), "networks", "NAME[:BATCH[:SIZE]]", "'" + words + "'");
    boolean small = parts.group(1).endsWith("-cifar");
    return new Subject(
        parts.group(1),
        number(parts.group(2), small ? 64 : 8),
        number(parts.group(3), small ? 32 : 224));
  }

  private static int number(String digits, int otherwise) {
    return digits == null ? otherwise : Integer.parseInt(digits);
  }

  /** Returns what {@link #parse} reads. */
  String words() {
    return name + ":" + batch + ":" + size;
  }

  /** Returns the network. */
  Network network() {
    return Networks.named(name);
  }
}
