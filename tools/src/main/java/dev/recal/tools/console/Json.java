package dev.recal.tools.console;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.io.PrintWriter;

/** The output of {@code --json}. */
public final class Json {

  // Numbers that JSON cannot represent are already converted to text.
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private Json() {}

  /** Prints a value, indented, with a line end. */
  public static void print(PrintWriter out, JsonElement value) {
    out.println(GSON.toJson(value));
  }
}
