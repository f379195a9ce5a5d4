package dev.recal.ops.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The devices that TensorFlow may use in this process.
 *
 * <p>TensorFlow creates its GPUs once for all sessions, so this is a setting of the process, not of
 * a session, and not part of a recipe: a run may resume on another machine. It is read from the
 * system property {@code recal.device}, otherwise from the environment variable {@code
 * RECAL_DEVICE}.
 *
 * @param kind which devices
 * @param gpus numbers of GPUs, as {@code nvidia-smi} counts them or, if {@code
 *     CUDA_VISIBLE_DEVICES} is set, within that list; one or more
 */
public record Device(Kind kind, List<Integer> gpus) {

  /** The system property with the device of this process. */
  public static final String PROPERTY = "recal.device";

  /** The environment variable with the device of this process. */
  public static final String VARIABLE = "RECAL_DEVICE";

  private static final Pattern TEXT =
      Pattern.compile("(auto|cpu|gpu)(?::(\\d{1,3}(?:,\\d{1,3})*))?");

  /** Kinds of devices. */
  public enum Kind {
    /** A GPU if TensorFlow finds one, otherwise the CPU. */
    AUTO,
    /** The CPU only, even if there is a GPU. */
    CPU,
    /** A GPU; sessions fail without one. */
    GPU
  }

  /** Rejects lists without a GPU, and GPUs that are named twice. */
  public Device {
    gpus = List.copyOf(gpus);
    if (gpus.isEmpty() || gpus.stream().distinct().count() < gpus.size()) {
      throw new IllegalArgumentException("gpus: expected different numbers, but got " + gpus + ".");
    }
  }

  /** The first GPU, or the CPU if there is none. */
  public static Device auto() {
    return new Device(Kind.AUTO, List.of(0));
  }

  /**
   * Parses a device.
   *
   * @param text {@code auto}, {@code cpu}, {@code gpu} (the first one), {@code gpu:1}, or several
   *     GPUs as {@code gpu:0,1}
   */
  public static Device parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches() || matcher.group(2) != null && !matcher.group(1).equals("gpu")) {
      throw new IllegalArgumentException(
          "device: expected auto, cpu, gpu or the number of a GPU such as gpu:1, but got '"
              + text
              + "'.");
    }
    List<Integer> gpus = new ArrayList<>();
    for (String number : Optional.ofNullable(matcher.group(2)).orElse("0").split(",")) {
      gpus.add(Integer.parseInt(number));
    }
    return new Device(Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), gpus);
  }

  /**
   * Returns the device of this process.
   *
   * @throws IllegalArgumentException if the property or the variable is invalid
   */
  public static Device ofProcess() {
    String set = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    return set == null || set.isBlank() ? auto() : parse(set);
  }

  /** Returns TensorFlow's form of the list of GPUs, for example {@code 0,1}. */
  public String visibleList() {
    return gpus.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  @Override
  public String toString() {
    String word = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.GPU ? word + ":" + visibleList() : word;
  }
}
