package dev.recal.spark.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import dev.recal.spark.Scoring;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Exact numbers of the images in one chunk. */
record ChunkCounts(long scored, long unusable) {

  /** Counts rows, which scores them if they were not. */
  static ChunkCounts of(Dataset<Row> scored) {
    Row row = scored.agg(count(lit(1)), count(col(Scoring.PROBLEM))).first();
    return new ChunkCounts(row.getLong(0) - row.getLong(1), row.getLong(1));
  }

  ChunkCounts plus(ChunkCounts other) {
    return new ChunkCounts(scored + other.scored, unusable + other.unusable);
  }
}
