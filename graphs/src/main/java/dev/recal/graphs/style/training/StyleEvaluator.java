package dev.recal.graphs.style.training;

import dev.recal.graphs.data.pipeline.InputPipeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Session;

/** Measures and draws held-out images. */
final class StyleEvaluator {

  private final StyleGraph.Answer answer;
  private final InputPipeline input;
  private final int measured;

  /**
   * An image before and after.
   *
   * @param content (size, size, 3) in 0–1
   * @param stylized of the same shape
   */
  record Sample(float[] content, float[] stylized) {}

  /**
   * Prepares evaluations.
   *
   * @param answer of the input's images
   * @param input in the order of the set
   * @param measured the maximum number of images
   */
  StyleEvaluator(StyleGraph.Answer answer, InputPipeline input, int measured) {
    this.answer = answer;
    this.input = input;
    this.measured = measured;
  }

  /**
   * Measures the first images that can be read, in whole batches.
   *
   * @throws IOException if none can
   */
  StyleSummary measure(Session session) throws IOException {
    double content = 0;
    double style = 0;
    double variation = 0;
    long images = 0;
    input.start(session, 0, 0);
    for (long batch = 0; batch < input.batchesPerEpoch() && images < measured; batch++) {
      try (Result result =
          session
              .runner()
              .fetch(input.marks())
              .fetch(answer.terms().content())
              .fetch(answer.terms().style())
              .fetch(answer.terms().totalVariation())
              .fetch(answer.images())
              .run()) {
        if (!input.reportUnreadable(result.get(0))) {
          continue;
        }
        long count = result.get(4).shape().get(0);
        content += count * FetchedValues.scalar(result, 1);
        style += count * FetchedValues.scalar(result, 2);
        variation += count * FetchedValues.scalar(result, 3);
        images += count;
      }
    }
    if (images == 0) {
      throw new IOException("None of the held-out images can be read.");
    }
    return new StyleSummary(images, content / images, style / images, variation / images);
  }

  /**
   * Returns the first images and what becomes of them.
   *
   * @param count at most
   */
  List<Sample> samples(Session session, int count) {
    List<Sample> samples = new ArrayList<>();
    input.start(session, 0, 0);
    for (long batch = 0; batch < input.batchesPerEpoch() && samples.size() < count; batch++) {
      try (Result result = session.runner().fetch(answer.images()).fetch(answer.stylized()).run()) {
        float[] contents = FetchedValues.array(result, 0);
        float[] stylized = FetchedValues.array(result, 1);
        int images = Math.toIntExact(result.get(0).shape().get(0));
        int length = contents.length / images;
        for (int i = 0; i < images && samples.size() < count; i++) {
          samples.add(
              new Sample(
                  Arrays.copyOfRange(contents, i * length, (i + 1) * length),
                  Arrays.copyOfRange(stylized, i * length, (i + 1) * length)));
        }
      }
    }
    return samples;
  }
}
