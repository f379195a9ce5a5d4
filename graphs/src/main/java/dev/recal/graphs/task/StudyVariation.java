package dev.recal.graphs.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What distinguishes some runs of a {@link Study}.
 *
 * @param name of their directories, without the seed; empty for {@link #NONE}
 * @param settings for people: the columns of the tables
 * @param changes to the recipe, {@code key=value} pairs with dotted keys, applied in order
 */
public record StudyVariation(String name, List<Setting> settings, List<String> changes) {

  /** The recipe as it is. */
  public static final StudyVariation NONE = new StudyVariation("", List.of(), List.of());

  /**
   * A setting, for people.
   *
   * @param name of a column
   * @param value in that column; may be empty
   */
  public record Setting(String name, String value) {

    /** Rejects missing texts. */
    public Setting {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(value, "value");
    }
  }

  /** Rejects names that cannot be file names, unless nothing is changed. */
  public StudyVariation {
    settings = List.copyOf(settings);
    changes = List.copyOf(changes);
    if (!name.isEmpty() || !settings.isEmpty() || !changes.isEmpty()) {
      Recipe.requireName(name);
    }
  }

  /**
   * A variation of some keys.
   *
   * @param changes {@code key=value} pairs; the tables have a column for each key
   */
  public static StudyVariation of(String name, List<String> changes) {
    List<Setting> settings = new ArrayList<>();
    for (String change : changes) {
      int equals = change.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "changes: expected key=value, but got '" + change + "'.");
      }
      settings.add(new Setting(change.substring(0, equals), change.substring(equals + 1)));
    }
    return new StudyVariation(name, settings, changes);
  }

  /** Returns the value of a setting; empty if there is none of the name. */
  String setting(String column) {
    return settings.stream()
        .filter(setting -> setting.name().equals(column))
        .map(Setting::value)
        .findFirst()
        .orElse("");
  }
}
