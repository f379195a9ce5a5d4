package dev.recal.testing;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.registry.LayerRegistry;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A registered module with settings and inputs to try it on.
 *
 * @param type its type name
 * @param module the record
 * @param parameters how many trainable values its formula gives
 * @param differentiable whether differences show its gradient: a hard choice has a surrogate, and
 *     SLIM's three ReLUs over two channels have a kink in nearly every step (its own tests and the
 *     golden cases pin the numbers)
 * @param inputs the inputs' shapes by name
 */
public record ModuleSample(
    String type,
    Object module,
    long parameters,
    boolean differentiable,
    Map<String, Shape> inputs) {

  /** The channels of the map x, and of a skip layer's low map. */
  public static final int CHANNELS = 16;

  private static final Shape MAP = Shape.of(3, 8, 8, CHANNELS);
  private static final Shape HIGH = Shape.of(3, 16, 16, 6);

  /**
   * A sample of a layer that is differentiable nearly everywhere.
   *
   * @param settings members of its JSON object, for example {@code "reduction": 4}; empty for the
   *     defaults
   * @param parameters how many trainable values its formula gives for {@link #CHANNELS}
   */
  public static ModuleSample layer(String type, String settings, long parameters) {
    return of(type, read(Layer.class, type, settings), parameters, true);
  }

  /** A sample of a layer of either family whose gradient no difference shows. */
  public static ModuleSample nonSmooth(
      String type, Class<?> family, String settings, long parameters) {
    return of(type, read(family, type, settings), parameters, false);
  }

  /** A sample of a layer of two maps, as {@link #layer} gives one of a layer of one. */
  public static ModuleSample skip(String type, String settings, long parameters) {
    return of(type, read(SkipLayer.class, type, settings), parameters, true);
  }

  private static ModuleSample of(
      String type, Object module, long parameters, boolean differentiable) {
    Map<String, Shape> inputs =
        module instanceof Layer ? Map.of("x", MAP) : Map.of("low", MAP, "high", HIGH);
    return new ModuleSample(type, module, parameters, differentiable, inputs);
  }

  /** A module with other settings, to test its outputs and not its parameter count. */
  static ModuleSample variant(String type, String settings) {
    boolean layer = LayerRegistry.layers().containsKey(type);
    return of(type, read(layer ? Layer.class : SkipLayer.class, type, settings), 0, false);
  }

  /** The same with inputs of other sizes; channels stay. */
  ModuleSample sized(int batch, int size) {
    Map<String, Shape> others = new TreeMap<>();
    inputs.forEach((name, shape) -> others.put(name, Shape.of(batch, size, size, shape.get(3))));
    return new ModuleSample(type, module, parameters, differentiable, others);
  }

  private static Object read(Class<?> family, String type, String settings) {
    String comma = settings.isEmpty() ? "" : ", ";
    return LayerRegistry.json()
        .read(JsonRecords.parse("{\"type\": \"" + type + "\"" + comma + settings + "}"), family);
  }

  Operand<TFloat32> build(BuildContext context, Map<String, ? extends Operand<TFloat32>> inputs) {
    return module instanceof Layer layer
        ? layer.build(context, inputs.get("x"))
        : ((SkipLayer) module).build(context, inputs.get("low"), inputs.get("high"));
  }

  @Override
  public String toString() {
    return type;
  }
}
