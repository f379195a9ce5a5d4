package dev.recal.graphs.data.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

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
  record Label(OptionalLong number, String text) {}

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
