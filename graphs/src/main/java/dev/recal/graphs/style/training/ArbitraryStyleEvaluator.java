package dev.recal.graphs.style.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.data.pipeline.InputPipeline;
import java.io.IOException;
import org.tensorflow.Result;
import org.tensorflow.Session;

/** Measures and draws held-out images in the styles of the first style images. */
final class ArbitraryStyleEvaluator {

  private static final int ROWS = 3;

  private final ArbitraryStyleGraph.Answer answer;
  private final InputPipeline images;
  private final InputPipeline styles;
  private final StyleIntervals intervals;

  /**
   * Prepares evaluations.
   *
   * @param answer of the inputs' images
   * @param images batches of one, in the order of the set
   * @param styles the same of the style images
   * @param intervals the maximum numbers of measured and drawn images
   */
  ArbitraryStyleEvaluator(
      ArbitraryStyleGraph.Answer answer,
      InputPipeline images,
      InputPipeline styles,
      StyleIntervals intervals) {
    this.answer = answer;
    this.images = images;
    this.styles = styles;
    this.intervals = intervals;
  }

  /**
   * The losses, and contents, styles and results in three rows.
   *
   * @param summary means over images
   * @param pictures the first ones
   */
  record Measured(StyleSummary summary, ImageGrid pictures) {}

  /**
   * Measures the first images that can be read. Each gets the next style, after the last one the
   * first again.
   *
   * @param size rows and columns of an image
   * @throws IOException if none can be read
   */
  Measured measure(Session session, int size) throws IOException {
    long count = Math.min(intervals.measured(), images.batchesPerEpoch());
    int drawn = (int) Math.min(intervals.pictures(), count);
    ImageGrid pictures = new ImageGrid(ROWS, drawn, size, size);
    double content = 0;
    double style = 0;
    int found = 0;
    images.start(session, 0, 0);
    for (long i = 0; i < count; i++) {
      if (i % styles.batchesPerEpoch() == 0) {
        styles.start(session, 0, 0);
      }
      try (Result result = fetch(session)) {
        boolean readable = images.reportUnreadable(result.get(0));
        if (!styles.reportUnreadable(result.get(1)) || !readable) {
          continue;
        }
        content += FetchedValues.scalar(result, 2);
        style += FetchedValues.scalar(result, 3);
        for (int row = 0; row < ROWS && found < drawn; row++) {
          pictures.put(row, found, FetchedValues.array(result, 4 + row), 0);
        }
        found++;
      }
    }
    if (found == 0) {
      throw new IOException("None of the held-out images can be read.");
    }
    return new Measured(new StyleSummary(found, content / found, style / found, 0), pictures);
  }

  private Result fetch(Session session) {
    return session
        .runner()
        .fetch(images.marks())
        .fetch(styles.marks())
        .fetch(answer.terms().content())
        .fetch(answer.terms().style())
        .fetch(answer.batch().images())
        .fetch(answer.batch().styles())
        .fetch(answer.stylized())
        .run();
  }
}
