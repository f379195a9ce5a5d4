package dev.recal.tools.console;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.io.PrintWriter;

/** What commands print with {@code --json}. */
public final class Json {

  // Numbers that JSON has no word for are written as text before they come here.
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private Json() {}

  /** Prints a value, indented, with a line end. */
  public static void print(PrintWriter out, JsonElement value) {
    out.println(GSON.toJson(value));
  }
}
