package dev.recal.models.export;

import com.google.gson.JsonObject;
import dev.recal.ops.Servable;
import dev.recal.savedmodels.ServableCall;
import dev.recal.savedmodels.optimise.OptimisedCounts;
import dev.recal.savedmodels.optimise.OptimisedServable;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
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
   * @throws DisagreementException if they agree on too few images
   */
  static JsonObject compare(
      Servable plain,
      Session session,
      OptimisedServable optimised,
      OptimisedForm form,
      Optional<EvaluatedImages> run)
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
      throw new DisagreementException(
          agreement.images(), images.source(), agreement.share(), form.minAgreement());
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
}
