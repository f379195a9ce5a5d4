package dev.recal.tools.command;

import dev.recal.tools.run.Recipes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;

/** The names of the built-in recipes, for completion. */
final class RecipeNames implements Iterable<String> {

  @Override
  public Iterator<String> iterator() {
    try {
      return Recipes.names().iterator();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
