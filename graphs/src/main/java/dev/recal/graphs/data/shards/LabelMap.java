package dev.recal.graphs.data.shards;

import com.google.protobuf.TextFormat;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The label map of the TensorFlow Object Detection API: the numbers of classes and their names, as
 * protocol buffer text with an {@code item { id: 1 name: 'cat' }} for each. Other fields are
 * ignored.
 *
 * @param items in the order of their numbers
 */
public record LabelMap(List<Item> items) {

  /** The name of the file that is written next to shards. */
  public static final String FILE = "labels.pbtxt";

  private static final String ITEM = "item";

  /**
   * A class.
   *
   * @param id from 1
   * @param name as in records
   * @param displayName for people; may equal the name
   */
  public record Item(int id, String name, String displayName) {
    /** Rejects numbers below 1. */
    public Item {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(displayName, "displayName");
      if (id < 1) {
        throw new IllegalArgumentException("id: expected at least 1, but got " + id + ".");
      }
    }
  }

  /** Sorts the items, and rejects repeated numbers and names. */
  public LabelMap {
    items = items.stream().sorted(Comparator.comparingInt(Item::id)).toList();
    Set<Object> seen = new HashSet<>();
    for (Item item : items) {
      if (!seen.add(item.id()) || !seen.add(item.name())) {
        throw new IllegalArgumentException(
            "items: expected different numbers and names, but got "
                + (item.id() + " '" + item.name() + "' twice."));
      }
    }
  }

  /** Returns the map of names in the order of labels, with numbers from 1. */
  public static LabelMap of(List<String> classNames) {
    List<Item> items = new ArrayList<>();
    for (String name : classNames) {
      items.add(new Item(items.size() + 1, name, name));
    }
    return new LabelMap(items);
  }

  /** Returns the names for people in the order of the numbers, or the names if some are equal. */
  public List<String> classNames() {
    List<String> shown = items.stream().map(Item::displayName).toList();
    return new HashSet<>(shown).size() == shown.size()
        ? shown
        : items.stream().map(Item::name).toList();
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, or is not a label map; the message names it
   */
  public static LabelMap read(Path file) throws IOException {
    try {
      List<Item> items = new ArrayList<>();
      for (Map<String, String> fields : LabelMapText.messages(TextFiles.read(file), ITEM)) {
        items.add(item(fields));
      }
      if (items.isEmpty()) {
        throw new IllegalArgumentException("items: expected at least one item, but got none.");
      }
      return new LabelMap(items);
    } catch (IllegalArgumentException | LabelMapText.SyntaxException e) {
      String reason = e.getMessage().replaceFirst("\\.$", "");
      throw new IOException(file + " is not a label map: " + reason + ".", e);
    }
  }

  private static Item item(Map<String, String> fields) {
    String number = fields.getOrDefault("id", "0");
    String shown = fields.getOrDefault("display_name", "");
    String name = fields.getOrDefault("name", shown.isEmpty() ? number : shown);
    if (!number.matches("[+-]?\\d{1,9}")) {
      throw new IllegalArgumentException("id: expected an integer, but got " + number + ".");
    }
    return new Item(Integer.parseInt(number), name, shown.isEmpty() ? name : shown);
  }

  /** Writes a file. */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Item item : items) {
      text.append("item {\n  id: ").append(item.id()).append("\n  name: \"");
      text.append(TextFormat.escapeDoubleQuotesAndBackslashes(item.name()));
      text.append("\"\n}\n");
    }
    AtomicFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
