package dev.recal.tools.run;

import com.google.gson.JsonObject;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.ops.Servable;
import dev.recal.savedmodels.ServableCall;
import dev.recal.savedmodels.optimise.OptimisedCounts;
import dev.recal.savedmodels.optimise.OptimisedServable;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.console.FailureException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Session;

/**
 * Compares an optimised model with the plain one before it is written, and reports their agreement.
 */
public final class OptimisedExport {

  /** The member of {@code recal.json}. */
  public static final String MEMBER = "optimised";

  private static final String LOGITS = "logits";

  private OptimisedExport() {}

  /**
   * Compares.
   *
   * @param plain the plain model
   * @param session with its values
   * @param run whose images are used if the form has none
   * @return the member for {@code recal.json}
   * @throws FailureException if they agree on too few images
   */
  static JsonObject compare(
      Servable plain,
      Session session,
      OptimisedServable optimised,
      OptimisedForm form,
      Optional<TrainingRun> run)
      throws IOException {
    ComparedImages images = ComparedImages.of(form, run);
    Agreement agreement = new Agreement();
    images.forEach(
        (key, inputs, classes) -> {
          Map<String, TensorValue> expected = ServableCall.run(plain, session, key, inputs);
          Map<String, TensorValue> answer =
              ServableCall.run(optimised.servable(), optimised.session(), key, inputs);
          agreement.add(expected.get(LOGITS), answer.get(LOGITS), classes);
        });
    JsonObject json = json(form, optimised.counts(), agreement.json(images.source()));
    if (agreement.share() < form.minAgreement()) {
      throw new FailureException(
          String.format(
              Locale.ROOT,
              "The optimised model was not written: it agrees with the plain model on %.2f %% of %d"
                  + " images (%s); expected at least %.2f %% (--min-agreement).",
              100 * agreement.share(),
              json.getAsJsonObject("agreement").get("images").getAsInt(),
              images.source(),
              100 * form.minAgreement()));
    }
    return json;
  }

  private static JsonObject json(OptimisedForm form, OptimisedCounts counts, JsonObject agreement) {
    JsonObject json = new JsonObject();
    json.addProperty("form", form.kind().toString());
    json.addProperty("norms", counts.norms());
    json.addProperty("foldedNorms", counts.foldedNorms());
    json.addProperty("convolutions", counts.convolutions());
    json.addProperty("bfloat16Convolutions", counts.narrowConvolutions());
    json.add("agreement", agreement);
    return json;
  }

  /** Prints the optimisation recorded in {@code recal.json}. */
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
        "Compared with the plain model on %,d images (%s): the same class for %.2f %%; logits up to"
            + " %.4g differ by at most %.2g, %.2g on average.%n",
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
