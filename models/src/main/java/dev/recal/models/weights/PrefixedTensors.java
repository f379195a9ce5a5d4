package dev.recal.models.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A file's tensors by shorter names: without the prefixes of wrappers, such as the {@code module.}
 * of DataParallel, the {@code model.} of Lightning, the {@code backbone.} of detectors, and without
 * the segments that compilers insert.
 */
final class PrefixedTensors implements TensorFile {

  /** Segments that torch.compile, FSDP and activation checkpointing insert at any depth. */
  private static final Pattern WRAPPERS =
      Pattern.compile("(?<=^|\\.)(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\\.");

  /** Prefixes of fewer of the tensors are parts of a network. */
  private static final double MIN_SHARE = 0.5;

  private final TensorFile file;
  private final Map<String, Info> tensors = new LinkedHashMap<>();
  private final Map<String, String> originals = new LinkedHashMap<>();

  /**
   * Renames the tensors of a file, which the caller closes.
   *
   * @param prefix taken from the names that begin with it; others keep theirs
   */
  PrefixedTensors(TensorFile file, String prefix) {
    this.file = file;
    file.tensors()
        .forEach(
            (original, info) -> {
              String name = without(original, prefix);
              // Where two names become one, the second keeps its own.
              String free = originals.containsKey(name) ? original : name;
              originals.put(free, original);
              tensors.put(free, info);
            });
  }

  private static String without(String name, String prefix) {
    String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    return WRAPPERS.matcher(rest).replaceAll("");
  }

  /**
   * Returns the prefixes that at least half of a file's tensors have, the shortest first; the empty
   * one is the first.
   */
  static List<String> candidates(TensorFile file) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String name : file.tensors().keySet()) {
      for (int end = separator(name, 0); end >= 0; end = separator(name, end + 1)) {
        counts.merge(name.substring(0, end + 1), 1, Integer::sum);
      }
    }
    List<String> candidates = new ArrayList<>(List.of(""));
    counts.forEach(
        (prefix, count) -> {
          if (count >= MIN_SHARE * file.tensors().size()) {
            candidates.add(prefix);
          }
        });
    candidates.sort((one, other) -> Integer.compare(one.length(), other.length()));
    return candidates;
  }

  private static int separator(String name, int from) {
    for (int i = from; i < name.length(); i++) {
      if (name.charAt(i) == '.' || name.charAt(i) == '/') {
        return i;
      }
    }
    return -1;
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public Map<String, Info> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public float[] floats(String tensor) throws IOException {
    return file.floats(originals.getOrDefault(tensor, tensor));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
