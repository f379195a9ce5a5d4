package dev.recal.spark;

import dev.recal.models.predict.FileBatches;
import dev.recal.savedmodels.Predictor;
import java.util.List;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The numbers that a model answers with: {@code values}, a structure with a field for each name.
 *
 * @param names of the numbers
 */
record NumberValues(List<String> names) implements ResultColumns {

  @Override
  public StructType fields() {
    StructType values = new StructType();
    for (String name : names) {
      values = values.add(name, DataTypes.FloatType, false);
    }
    return new StructType().add("values", values);
  }

  @Override
  public FileBatches.Call<Object[]> call(Predictor predictor) {
    return images -> predictor.numbers(images).stream().map(NumberValues::row).toList();
  }

  private static Object[] row(float[] numbers) {
    Object[] values = new Object[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers[i];
    }
    return new Object[] {RowFactory.create(values)};
  }
}
