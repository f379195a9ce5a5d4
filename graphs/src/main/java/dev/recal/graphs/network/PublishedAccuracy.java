package dev.recal.graphs.network;

import com.google.gson.JsonElement;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How often a network was right, as its authors or those of a comparison say.
 *
 * @param network its name in {@link Networks}
 * @param data the data set, for example {@code ImageNet}
 * @param top1 percent of images whose likeliest class is right
 * @param top5 percent of images whose class is among the five likeliest; empty where it is not told
 * @param paper arXiv number of who says so
 */
public record PublishedAccuracy(
    String network, String data, double top1, Optional<Double> top5, String paper) {

  private static final String RESOURCE = "published.json";

  /** Refuses missing words and numbers that are no percentages. */
  public PublishedAccuracy {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(paper, "paper");
    if (!(top1 > 0 && top1 <= top5.orElse(100.0) && top5.orElse(100.0) <= 100)) {
      throw new IllegalArgumentException(
          "top1: expected 0 < top1 <= top5 <= 100, but " + top1 + " and " + top5 + " came.");
    }
  }

  /** Returns what is published of a network, the first publication first. */
  public static List<PublishedAccuracy> of(String name) {
    return Holder.ALL.stream().filter(one -> one.network().equals(name)).toList();
  }

  /** Returns all. */
  static List<PublishedAccuracy> all() {
    return Holder.ALL;
  }

  // Read when it is first asked for.
  private static final class Holder {
    private static final List<PublishedAccuracy> ALL = read();
  }

  private static List<PublishedAccuracy> read() {
    try (InputStream stream = PublishedAccuracy.class.getResourceAsStream(RESOURCE)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      List<PublishedAccuracy> all = new ArrayList<>();
      for (JsonElement row : JsonRecords.parse(text).getAsJsonArray()) {
        all.add(JsonRecords.sealed().read(row, PublishedAccuracy.class));
      }
      return List.copyOf(all);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
