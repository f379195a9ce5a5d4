package dev.recal.savedmodels.tensor;

import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;

/**
 * A tensor as a Java array.
 *
 * <p>Arrays are not copied: the caller must not change an array after passing it in.
 *
 * @param type the element type
 * @param shape fully known
 * @param data row-major, of the array class of {@code type}
 */
public record TensorValue(ElementType type, Shape shape, Object data) {

  /** Rejects arrays that do not match the type or the shape. */
  public TensorValue {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(data, "data");
    if (!type.array().isInstance(data)) {
      throw new IllegalArgumentException(
          "data: expected a "
              + type.array().getSimpleName()
              + " for a tensor of "
              + type
              + ", but got a "
              + data.getClass().getSimpleName()
              + ".");
    }
    if (shape.isUnknown() || shape.hasUnknownDimension()) {
      throw new IllegalArgumentException(
          "shape: a value needs a fully known shape, but got " + shape + ".");
    }
    int length = Array.getLength(data);
    if (shape.size() != length) {
      throw new IllegalArgumentException(
          "data: shape " + shape + " takes " + shape.size() + " elements, but got " + length + ".");
    }
  }

  /** A float32 tensor. */
  public static TensorValue of(float[] data, long... shape) {
    return new TensorValue(ElementType.FLOAT32, Shape.of(shape), data);
  }

  /** A float64 tensor. */
  public static TensorValue of(double[] data, long... shape) {
    return new TensorValue(ElementType.FLOAT64, Shape.of(shape), data);
  }

  /** An int32 tensor. */
  public static TensorValue of(int[] data, long... shape) {
    return new TensorValue(ElementType.INT32, Shape.of(shape), data);
  }

  /** An int64 tensor. */
  public static TensorValue of(long[] data, long... shape) {
    return new TensorValue(ElementType.INT64, Shape.of(shape), data);
  }

  /** A uint8 tensor. */
  public static TensorValue of(byte[] data, long... shape) {
    return new TensorValue(ElementType.UINT8, Shape.of(shape), data);
  }

  /** A bool tensor. */
  public static TensorValue of(boolean[] data, long... shape) {
    return new TensorValue(ElementType.BOOL, Shape.of(shape), data);
  }

  /** A vector of byte strings, for example of image files. */
  public static TensorValue ofBytes(List<byte[]> strings) {
    byte[][] data = strings.toArray(byte[][]::new);
    return new TensorValue(ElementType.STRING, Shape.of(data.length), data);
  }

  /**
   * Returns a tensor of the same shape with other byte strings.
   *
   * @throws IllegalArgumentException if their number is another one
   */
  public TensorValue withBytes(byte[][] strings) {
    return new TensorValue(ElementType.STRING, shape, strings);
  }

  /** A vector of strings, in UTF-8. */
  public static TensorValue ofStrings(List<String> strings) {
    return ofBytes(strings.stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** Returns the elements of a float32, float16 or bfloat16 tensor. */
  public float[] floats() {
    boolean floats = data instanceof float[];
    return (float[]) (floats ? data : expect(ElementType.FLOAT32));
  }

  /**
   * Returns the same numbers as another floating-point type of up to 32 bits; they are rounded when
   * they are passed to TensorFlow.
   *
   * @throws IllegalStateException if one of the types is not stored in a {@code float[]}
   */
  public TensorValue as(ElementType other) {
    if (type.array() != float[].class || other.array() != float[].class) {
      throw new IllegalStateException(
          "A tensor of " + type + " cannot be converted to " + other + ".");
    }
    return new TensorValue(other, shape, data);
  }

  /** Returns the elements of a float64 tensor. */
  public double[] doubles() {
    return (double[]) expect(ElementType.FLOAT64);
  }

  /** Returns the elements of an int32 tensor. */
  public int[] ints() {
    return (int[]) expect(ElementType.INT32);
  }

  /** Returns the elements of an int64 tensor. */
  public long[] longs() {
    return (long[]) expect(ElementType.INT64);
  }

  /** Returns the elements of a uint8 tensor. */
  public byte[] unsignedBytes() {
    return (byte[]) expect(ElementType.UINT8);
  }

  /** Returns the elements of a bool tensor. */
  public boolean[] booleans() {
    return (boolean[]) expect(ElementType.BOOL);
  }

  /** Returns the elements of a string tensor. */
  public byte[][] byteStrings() {
    return (byte[][]) expect(ElementType.STRING);
  }

  /** Returns the elements of a string tensor, read as UTF-8. */
  public List<String> strings() {
    return Arrays.stream(byteStrings())
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .toList();
  }

  /**
   * Finds the first number that is not finite.
   *
   * @return for example {@code "NaN at [0, 2, 5]"}; empty if all numbers are finite
   */
  public Optional<String> notFinite() {
    if (data instanceof float[] floats) {
      return notFinite(i -> floats[i]);
    }
    return data instanceof double[] doubles ? notFinite(i -> doubles[i]) : Optional.empty();
  }

  private Optional<String> notFinite(IntToDoubleFunction values) {
    return IntStream.range(0, length())
        .filter(i -> !Double.isFinite(values.applyAsDouble(i)))
        .mapToObj(i -> values.applyAsDouble(i) + " at " + Arrays.toString(index(i)))
        .findFirst();
  }

  private long[] index(int element) {
    long[] index = shape.asArray();
    long rest = element;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      long size = index[axis];
      index[axis] = rest % size;
      rest /= size;
    }
    return index;
  }

  /** Returns the number of elements. */
  public int length() {
    return Array.getLength(data);
  }

  /** Returns the number of rows, that is the size of the first axis. */
  public int rows() {
    if (shape.numDimensions() == 0) {
      throw new IllegalStateException("This tensor is a scalar, which has no rows.");
    }
    return Math.toIntExact(shape.get(0));
  }

  /**
   * Returns a copy of some rows.
   *
   * @param from the first row
   * @param to the row after the last
   */
  public TensorValue rows(int from, int to) {
    Objects.checkFromToIndex(from, to, rows());
    int width = Math.toIntExact(shape.size() / Math.max(1, rows()));
    Object part = Array.newInstance(data.getClass().getComponentType(), (to - from) * width);
    System.arraycopy(data, from * width, part, 0, (to - from) * width);
    return new TensorValue(type, withRows(shape, to - from), part);
  }

  /** Concatenates tensors of one type and row shape along the first axis. */
  public static TensorValue concatenate(List<TensorValue> parts) {
    TensorValue first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    int total = parts.stream().mapToInt(TensorValue::length).sum();
    int rows = parts.stream().mapToInt(TensorValue::rows).sum();
    Object all = Array.newInstance(first.data.getClass().getComponentType(), total);
    int position = 0;
    for (TensorValue part : parts) {
      System.arraycopy(part.data, 0, all, position, part.length());
      position += part.length();
    }
    return new TensorValue(first.type, withRows(first.shape, rows), all);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorValue that
        && type == that.type
        && shape.equals(that.shape)
        && Arrays.deepEquals(new Object[] {data}, new Object[] {that.data});
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, shape, Arrays.deepHashCode(new Object[] {data}));
  }

  @Override
  public String toString() {
    return type + " " + shape;
  }

  private static Shape withRows(Shape shape, int rows) {
    long[] sizes = shape.asArray();
    sizes[0] = rows;
    return Shape.of(sizes);
  }

  private Object expect(ElementType wanted) {
    if (type != wanted) {
      throw new IllegalStateException("This tensor holds " + type + ", not " + wanted + ".");
    }
    return data;
  }
}
