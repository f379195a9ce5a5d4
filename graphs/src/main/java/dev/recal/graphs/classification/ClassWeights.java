package dev.recal.graphs.classification;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * By how much the loss of an image of a class counts in training: the loss of a batch is the mean
 * over its images of weight times cross entropy, as in Keras. The weight of an image that is mixed
 * from two is mixed like its target. Evaluation weights nothing.
 */
public sealed interface ClassWeights {

  /**
   * Returns the weights in the order of the classes.
   *
   * @param names of the classes
   * @param counts of their training images
   * @throws IllegalArgumentException if a class is unknown
   */
  List<Double> of(List<String> names, int[] counts);

  /**
   * Each class has the same part in the loss: images / (classes · images of the class), of the
   * classes that have training images, so that the mean weight of a training image is 1 (King and
   * Zeng 2001; scikit-learn's {@code balanced}).
   */
  record Balanced() implements ClassWeights {

    /** The only one. */
    public static Balanced defaults() {
      return new Balanced();
    }

    @Override
    public List<Double> of(List<String> names, int[] counts) {
      double images = Arrays.stream(counts).sum();
      long present = Arrays.stream(counts).filter(count -> count > 0).count();
      return Arrays.stream(counts)
          .mapToObj(count -> count == 0 ? 1.0 : images / (present * count))
          .toList();
    }
  }

  /**
   * Weights of some classes; the others have 1.
   *
   * @param classes the classes with their weights, at least one
   */
  record Given(List<Weight> classes) implements ClassWeights {

    /** Rejects an empty list. */
    public Given {
      classes = List.copyOf(classes);
      Arguments.atLeast(1, "classes", classes.size());
    }

    @Override
    public List<Double> of(List<String> names, int[] counts) {
      List<Double> weights = new ArrayList<>(Collections.nCopies(names.size(), 1.0));
      for (Weight weight : classes) {
        int index = names.indexOf(weight.name());
        Arguments.require(
            index >= 0,
            "classWeights",
            "one of the classes " + String.join(", ", names),
            "'" + weight.name() + "'");
        weights.set(index, weight.weight());
      }
      return List.copyOf(weights);
    }
  }

  /**
   * A class's weight.
   *
   * @param name of the class
   * @param weight positive
   */
  record Weight(String name, double weight) {

    /** Rejects weights that are not positive. */
    public Weight {
      Arguments.positive("weight", weight);
    }
  }
}
