package dev.recal.tools.golden;

import dev.recal.ops.json.Names;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Cases that are not those of a layer: their entries have a member {@code kind}. */
final class GoldenKinds {

  /** The member of an entry that says its kind. */
  static final String MEMBER = "kind";

  private static final Map<String, Kind> KINDS =
      new TreeMap<>(
          Map.of(
              "class-wise-nms", ClassWiseNmsGolden::run,
              "coco-evaluation", CocoGolden::run,
              "roi-align", RoiAlignGolden::run));

  private GoldenKinds() {}

  /** Runs cases of one kind. */
  interface Kind {
    /**
     * Runs a case.
     *
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if a file does not fit
     */
    GoldenResult run(GoldenCase golden) throws IOException;
  }

  static boolean has(GoldenCase golden) {
    return golden.settings().has(MEMBER);
  }

  /** Runs a case that has a kind. All errors are in the result. */
  static GoldenResult run(GoldenCase golden) {
    Kind kind = KINDS.get(golden.module());
    if (kind == null) {
      List<String> known = List.copyOf(KINDS.keySet());
      return GoldenResult.unknown(
          golden,
          "there is no kind '" + golden.module() + "'." + Names.hint(golden.module(), known));
    }
    try {
      return kind.run(golden);
    } catch (IOException | IllegalArgumentException failure) {
      return GoldenResult.failed(golden, String.valueOf(failure.getMessage()));
    }
  }
}
