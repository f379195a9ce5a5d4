package dev.recal.spark;

import dev.recal.models.predict.FileBatches;
import dev.recal.savedmodels.Classification;
import dev.recal.savedmodels.Predictor;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The most probable classes: {@code predicted_class}, {@code predicted_label} and {@code
 * probability} of the best one, and {@code top}, an array of {@code class}, {@code label} and
 * {@code probability} in descending order.
 *
 * @param count the maximum number of classes in {@code top}
 */
record TopClasses(int count) implements ResultColumns {

  @Override
  public StructType fields() {
    StructType one =
        new StructType()
            .add("class", DataTypes.IntegerType, false)
            .add("label", DataTypes.StringType, false)
            .add("probability", DataTypes.DoubleType, false);
    return new StructType()
        .add("predicted_class", DataTypes.IntegerType)
        .add("predicted_label", DataTypes.StringType)
        .add("probability", DataTypes.DoubleType)
        .add("top", DataTypes.createArrayType(one, false));
  }

  @Override
  public FileBatches.Call<Object[]> call(Predictor predictor) {
    return images -> predictor.classify(images, count).stream().map(TopClasses::values).toList();
  }

  private static Object[] values(List<Classification> classes) {
    Classification best = classes.get(0);
    Row[] top =
        classes.stream()
            .map(one -> RowFactory.create(one.index(), one.label(), one.probability()))
            .toArray(Row[]::new);
    return new Object[] {best.index(), best.label(), best.probability(), top};
  }
}
