package dev.recal.graphs.data.source;

import dev.recal.graphs.data.items.ImageHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.Feature;

/**
 * The classes of records, from the numbers and texts that they have as labels.
 *
 * @param classNames in the order of the labels
 * @param labels for each record its class, or −1 if it has none
 */
record RecordLabels(List<String> classNames, int[] labels) {

  /** What marks a record without a label, by a convention of many data sets. */
  static final long SENTINEL = -1;

  private static final int NONE = -1;

  /**
   * The label of one record.
   *
   * @param number an integer of any range
   * @param text the name of the class; empty if there is none
   */
  record Label(OptionalLong number, String text) {

    /**
     * The label of a record.
     *
     * @param labelKey feature with the label, an integer or a text
     * @param textKey feature with the class name
     * @throws ImageHeader.UnusableImageException if it has neither
     */
    static Label of(Map<String, Feature> features, String labelKey, String textKey)
        throws ImageHeader.UnusableImageException {
      Feature label = features.getOrDefault(labelKey, Feature.getDefaultInstance());
      String text = text(features.getOrDefault(textKey, Feature.getDefaultInstance()));
      OptionalLong number =
          label.getInt64List().getValueCount() == 1
              ? OptionalLong.of(label.getInt64List().getValue(0))
              : OptionalLong.empty();
      if (number.isEmpty() && text.isEmpty()) {
        text = text(label);
      }
      if (number.isEmpty() && text.isEmpty()) {
        throw new ImageHeader.UnusableImageException(
            "has no integer and no text in feature " + labelKey);
      }
      return new Label(number, text);
    }

    private static String text(Feature feature) {
      return feature.getBytesList().getValueCount() == 1
          ? feature.getBytesList().getValue(0).toStringUtf8()
          : "";
    }
  }

  /**
   * Finds the classes. If all records have numbers, these are the labels, and texts their names if
   * each number has a distinct one; otherwise texts are the labels.
   */
  static RecordLabels of(List<Label> labels) {
    boolean numbers = labels.stream().allMatch(label -> label.number().isPresent());
    return numbers ? byNumber(labels) : byText(labels);
  }

  private static RecordLabels byText(List<Label> labels) {
    List<String> words = labels.stream().map(RecordLabels::word).toList();
    List<String> names = List.copyOf(new TreeSet<>(words));
    return new RecordLabels(names, words.stream().mapToInt(names::indexOf).toArray());
  }

  private static String word(Label label) {
    return label.text().isEmpty() ? String.valueOf(label.number().orElse(SENTINEL)) : label.text();
  }

  private static RecordLabels byNumber(List<Label> labels) {
    TreeSet<Long> all = new TreeSet<>();
    Map<Long, Set<String>> texts = new HashMap<>();
    for (Label label : labels) {
      long number = label.number().getAsLong();
      all.add(number);
      texts.computeIfAbsent(number, key -> new HashSet<>()).add(label.text());
    }
    if (marksMissing(all, texts)) {
      all.remove(SENTINEL);
    }
    Map<Long, Integer> positions = new HashMap<>();
    all.forEach(value -> positions.put(value, positions.size()));
    int[] classes =
        labels.stream()
            .mapToInt(label -> positions.getOrDefault(label.number().getAsLong(), NONE))
            .toArray();
    return new RecordLabels(names(List.copyOf(all), texts), classes);
  }

  /** −1 is an ordinary class if it has a name, or if the only other label is 1. */
  private static boolean marksMissing(TreeSet<Long> all, Map<Long, Set<String>> texts) {
    if (all.isEmpty() || all.first() != SENTINEL || !texts.get(SENTINEL).equals(Set.of(""))) {
      return false;
    }
    return all.size() != 2 || all.last() != 1;
  }

  private static List<String> names(List<Long> values, Map<Long, Set<String>> texts) {
    List<String> names = new ArrayList<>();
    for (Long value : values) {
      names.add(texts.get(value).size() == 1 ? texts.get(value).iterator().next() : "");
    }
    boolean distinct = new HashSet<>(names).size() == names.size() && !names.contains("");
    return distinct ? names : values.stream().map(String::valueOf).toList();
  }
}
