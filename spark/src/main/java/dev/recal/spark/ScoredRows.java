package dev.recal.spark;

import dev.recal.models.predict.FileBatches;
import dev.recal.models.predict.ImageAnswer;
import dev.recal.models.predict.ImageAnswers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The rows of one task with their results, batch by batch. While the model runs, the files of the
 * next batch are read.
 */
final class ScoredRows implements Iterator<Row> {

  /** What a task needs to know of its rows and its model. */
  record Work(
      Function<Row, CompletableFuture<StoredFiles.Content>> contents,
      int[] kept,
      int results,
      int batch,
      long pixels,
      FileBatches.Call<Object[]> model,
      ScoringCounts counts) {}

  private record Pending(Row row, CompletableFuture<StoredFiles.Content> content) {}

  private final Iterator<Row> rows;
  private final Work work;
  private final Queue<Row> ready = new ArrayDeque<>();
  private List<Pending> next;

  ScoredRows(Iterator<Row> rows, Work work) {
    this.rows = rows;
    this.work = work;
    this.next = take();
  }

  @Override
  public boolean hasNext() {
    return !ready.isEmpty() || !next.isEmpty();
  }

  @Override
  public Row next() {
    if (ready.isEmpty()) {
      if (next.isEmpty()) {
        throw new NoSuchElementException();
      }
      List<Pending> current = next;
      next = take();
      score(current);
    }
    return ready.remove();
  }

  private List<Pending> take() {
    List<Pending> taken = new ArrayList<>();
    while (taken.size() < work.batch && rows.hasNext()) {
      Row row = rows.next();
      taken.add(new Pending(row, work.contents.apply(row)));
    }
    return taken;
  }

  private void score(List<Pending> batch) {
    List<StoredFiles.Content> contents =
        batch.stream().map(pending -> pending.content().join()).toList();
    List<byte[]> files =
        contents.stream()
            .filter(content -> content.problem() == null)
            .map(StoredFiles.Content::bytes)
            .toList();
    Iterator<ImageAnswer<Object[]>> answers =
        ImageAnswers.of(files, work.pixels, work.model).iterator();
    long scored = 0;
    for (int i = 0; i < batch.size(); i++) {
      Object[] results = null;
      String problem = contents.get(i).problem();
      if (problem == null) {
        ImageAnswer<Object[]> answer = answers.next();
        results = answer.value().orElse(null);
        problem = results == null ? answer.problem() : null;
      }
      scored += problem == null ? 1 : 0;
      ready.add(row(batch.get(i).row(), results, problem));
    }
    work.counts.addScored(scored);
    work.counts.addUnusable(batch.size() - scored);
  }

  private Row row(Row row, Object[] results, String problem) {
    Object[] values = new Object[work.kept.length + work.results + 1];
    for (int i = 0; i < work.kept.length; i++) {
      values[i] = row.get(work.kept[i]);
    }
    if (results != null) {
      System.arraycopy(results, 0, values, work.kept.length, results.length);
    }
    values[values.length - 1] = problem;
    return RowFactory.create(values);
  }
}
