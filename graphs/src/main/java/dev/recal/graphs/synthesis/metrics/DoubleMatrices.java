package dev.recal.graphs.synthesis.metrics;

import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.op.linalg.Svd;
import org.tensorflow.types.TFloat64;

/** Products and decompositions of matrices in double precision, by TensorFlow. */
final class DoubleMatrices implements AutoCloseable {

  /** Row-major values. */
  record Matrix(int rows, int columns, double[] values) {}

  /** Eigenvalues in ascending order, and an eigenvector in each column. */
  record Eigen(double[] values, Matrix vectors) {}

  private final Graph graph = Graphs.create();
  private final Session session;
  private final Placeholder<TFloat64> left;
  private final Placeholder<TFloat64> right;
  private final Operand<TFloat64> product;
  private final SelfAdjointEig<TFloat64> eigen;
  private final Operand<TFloat64> singular;

  DoubleMatrices() {
    Ops tf = GraphScope.ops(graph);
    left = tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(-1, -1)));
    right = tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(-1, -1)));
    product = tf.linalg.matMul(left, right, MatMul.transposeB(true));
    eigen = tf.linalg.selfAdjointEig(left, SelfAdjointEig.computeV(true));
    singular = tf.linalg.svd(left, Svd.computeUv(false)).s();
    session = Sessions.open(graph);
  }

  /** Returns left × rightᵀ. */
  Matrix product(Matrix a, Matrix b) {
    try (TFloat64 first = tensor(a);
        TFloat64 second = tensor(b);
        Result result =
            session.runner().feed(left, first).feed(right, second).fetch(product).run()) {
      return new Matrix(a.rows, b.rows, values(result.get(0)));
    }
  }

  /** Decomposes a symmetric matrix. */
  Eigen eigen(Matrix symmetric) {
    try (TFloat64 fed = tensor(symmetric);
        Result result = session.runner().feed(left, fed).fetch(eigen.e()).fetch(eigen.v()).run()) {
      Matrix vectors = new Matrix(symmetric.rows, symmetric.rows, values(result.get(1)));
      return new Eigen(values(result.get(0)), vectors);
    }
  }

  /** Returns the singular values in descending order. */
  double[] singularValues(Matrix matrix) {
    try (TFloat64 fed = tensor(matrix);
        Result result = session.runner().feed(left, fed).fetch(singular).run()) {
      return values(result.get(0));
    }
  }

  private static TFloat64 tensor(Matrix matrix) {
    return TFloat64.tensorOf(Shape.of(matrix.rows, matrix.columns), DataBuffers.of(matrix.values));
  }

  private static double[] values(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.shape().size())];
    ((TFloat64) tensor).asRawTensor().data().asDoubles().read(values);
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
