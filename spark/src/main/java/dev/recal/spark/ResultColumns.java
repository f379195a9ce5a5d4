package dev.recal.spark;

import dev.recal.models.predict.FileBatches;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelDescription;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** What a model says about an image, as columns. */
interface ResultColumns extends Serializable {

  /** Returns the columns' names and types; all are null for an unusable image. */
  StructType fields();

  /** Returns the call of the model, which answers with the values of the columns. */
  FileBatches.Call<Object[]> call(Predictor predictor);

  /**
   * Returns the columns of a model.
   *
   * @throws IllegalArgumentException if it has no signature that takes image files
   */
  static ResultColumns of(SavedModelDescription model, ScoringSettings settings) {
    if (settings.signature().isEmpty()) {
      List<String> numbers = model.numberNames();
      if (!numbers.isEmpty()) {
        return new NumberValues(new ArrayList<>(numbers));
      }
      // An unsuitable model should fail on the driver.
      model.imageSignature();
      return new TopClasses(settings.topK());
    }
    return SignatureOutputs.of(model.signature(settings.signature()));
  }
}
