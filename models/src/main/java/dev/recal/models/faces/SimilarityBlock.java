package dev.recal.models.faces;

import java.util.Arrays;

/**
 * Products of one vector with a block of others. The block is stored by columns, so that the inner
 * loop runs over its vectors: Java adds floats in the written order, and could not vectorise a sum.
 */
final class SimilarityBlock {

  private static final int UNROLLED = 4;

  private final int dimensions;
  private final float[] columns;
  private final int capacity;
  private int rows;

  SimilarityBlock(int dimensions, int capacity) {
    this.dimensions = dimensions;
    this.capacity = capacity;
    columns = new float[dimensions * capacity];
  }

  int rows() {
    return rows;
  }

  void clear() {
    rows = 0;
  }

  /** Adds a row of an array, unless its first value is NaN. */
  void add(float[] values, int offset) {
    if (Float.isNaN(values[offset])) {
      return;
    }
    for (int i = 0; i < dimensions; i++) {
      columns[i * capacity + rows] = values[offset + i];
    }
    rows++;
  }

  /**
   * Computes the products.
   *
   * @param products gets one for each row
   */
  void multiply(float[] vector, float[] products) {
    Arrays.fill(products, 0, rows, 0);
    int i = 0;
    for (; i + UNROLLED <= dimensions; i += UNROLLED) {
      addFour(vector, i, products);
    }
    for (; i < dimensions; i++) {
      float factor = vector[i];
      int from = i * capacity;
      for (int row = 0; row < rows; row++) {
        products[row] += factor * columns[from + row];
      }
    }
  }

  private void addFour(float[] vector, int i, float[] products) {
    float a = vector[i];
    float b = vector[i + 1];
    float c = vector[i + 2];
    float d = vector[i + 3];
    int first = i * capacity;
    int second = first + capacity;
    int third = second + capacity;
    int fourth = third + capacity;
    int count = rows;
    float[] values = columns;
    for (int row = 0; row < count; row++) {
      products[row] +=
          a * values[first + row]
              + b * values[second + row]
              + c * values[third + row]
              + d * values[fourth + row];
    }
  }
}
