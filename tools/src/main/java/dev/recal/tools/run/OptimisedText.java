package dev.recal.tools.run;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;

/** The report of an optimised export, as text. */
public final class OptimisedText {

  private OptimisedText() {}

  /** Prints the optimisation recorded in a model's {@code recal.json}. */
  public static void print(PrintWriter out, JsonObject optimised) {
    JsonObject agreement = optimised.getAsJsonObject("agreement");
    out.printf(
        Locale.ROOT,
        "Optimised (%s): %d of %d batch norms folded, %d of %d convolutions in bfloat16.%n",
        optimised.get("form").getAsString(),
        optimised.get("foldedNorms").getAsInt(),
        optimised.get("norms").getAsInt(),
        optimised.get("bfloat16Convolutions").getAsInt(),
        optimised.get("convolutions").getAsInt());
    out.printf(
        Locale.ROOT,
        "Compared with the plain model on %,d images (%s): the same class for %.2f %%; logits up to %.4g"
            + " differ by %.2g at most, %.2g on average.%n",
        agreement.get("images").getAsInt(),
        agreement.get("source").getAsString(),
        100 * agreement.get("sameClass").getAsDouble(),
        agreement.get("largestLogit").getAsDouble(),
        agreement.get("largestLogitDifference").getAsDouble(),
        agreement.get("meanLogitDifference").getAsDouble());
    if (agreement.has("plainTop1")) {
      out.printf(
          Locale.ROOT,
          "Top-1 on these images: %.2f %%, plain %.2f %%.%n",
          100 * agreement.get("optimisedTop1").getAsDouble(),
          100 * agreement.get("plainTop1").getAsDouble());
    }
  }
}
