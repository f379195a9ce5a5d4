package dev.recal.graphs.task;

import dev.recal.ops.json.Names;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Every kind of training on the class path. */
public final class Tasks {

  /** The task of recipes that name none. */
  public static final String DEFAULT = "classification";

  private static final Map<String, Task<?>> TASKS = load();

  private Tasks() {}

  /** Returns all tasks, in the order of their names. */
  public static Collection<Task<?>> all() {
    return TASKS.values();
  }

  /**
   * Returns the task of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Task<?> named(String name) {
    Task<?> task = TASKS.get(name);
    if (task == null) {
      throw new IllegalArgumentException(
          "task: there is no '" + name + "'." + Names.hint(name, TASKS.keySet()));
    }
    return task;
  }

  /**
   * Returns the task of a recipe.
   *
   * @throws IllegalArgumentException if no task on the class path has such recipes
   */
  @SuppressWarnings("unchecked")
  public static <R extends Recipe> Task<R> of(R recipe) {
    return (Task<R>)
        TASKS.values().stream()
            .filter(task -> task.recipeType().isInstance(recipe))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "recipe: no registered task has recipes of " + recipe.getClass() + "."));
  }

  /** Returns what the score of a recipe's runs is called. */
  static <R extends Recipe> String scoreName(R recipe) {
    return of(recipe).scoreName(recipe);
  }

  private static Map<String, Task<?>> load() {
    Map<String, Task<?>> found = new TreeMap<>();
    for (Task<?> task : ServiceLoader.load(Task.class)) {
      Task<?> other = found.put(task.name(), task);
      if (other != null && other.getClass() != task.getClass()) {
        throw new IllegalStateException(
            "task '"
                + task.name()
                + "' is registered twice, as "
                + other.getClass()
                + " and "
                + task.getClass()
                + ".");
      }
    }
    return Collections.unmodifiableMap(found);
  }
}
