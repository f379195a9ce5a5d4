package dev.recal.graphs.profile;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cost of the named networks, without building hundreds of graphs to list them.
 *
 * <p>The counts are stored in a resource, each with a digest of the network's settings. A network
 * that is missing there, or whose settings have changed, is counted by {@link Profiler}.
 */
public final class NetworkCounts {

  private static final String RESOURCE = "network-counts.tsv";
  private static final int DIGITS = 16;

  private NetworkCounts() {}

  /**
   * The cost of a network for one image of its size.
   *
   * @param parameters trainable values
   * @param macs multiply-adds of convolutions and matrix products
   */
  public record Count(long parameters, long macs) {}

  /** Returns a network's count, if it is stored for these settings. */
  public static Optional<Count> known(Networks.Preset preset) {
    Entry entry = Holder.ENTRIES.get(preset.name());
    return entry != null && entry.digest().equals(digest(preset))
        ? Optional.of(entry.count())
        : Optional.empty();
  }

  /** Returns a network's count; counting may take a second. */
  public static Count of(Networks.Preset preset) {
    return known(preset).orElseGet(() -> counted(preset));
  }

  /** Counts. */
  static Count counted(Networks.Preset preset) {
    Profile profile = Profiler.of(preset.network(), preset.imageSize(), preset.imageSize());
    return new Count(profile.parameters(), profile.macs());
  }

  /** Returns the resource's line of a network. */
  static String line(Networks.Preset preset, Count count) {
    return String.join(
        "\t",
        preset.name(),
        digest(preset),
        String.valueOf(count.parameters()),
        String.valueOf(count.macs()));
  }

  /** Returns the resource's lines. */
  static List<String> lines() {
    try (InputStream stream = NetworkCounts.class.getResourceAsStream(RESOURCE)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private record Entry(String digest, Count count) {}

  // Loaded on first use.
  private static final class Holder {
    private static final Map<String, Entry> ENTRIES = entries();
  }

  private static Map<String, Entry> entries() {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (String line : lines()) {
      String[] cells = line.split("\t");
      Count count = new Count(Long.parseLong(cells[2]), Long.parseLong(cells[3]));
      entries.put(cells[0], new Entry(cells[1], count));
    }
    return entries;
  }

  private static String digest(Networks.Preset preset) {
    String settings = Networks.json().write(preset.network(), Network.class).toString();
    byte[] bytes = (preset.imageSize() + settings).getBytes(StandardCharsets.UTF_8);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException broken) {
      throw new IllegalStateException("Every Java platform provides SHA-256.", broken);
    }
  }
}
