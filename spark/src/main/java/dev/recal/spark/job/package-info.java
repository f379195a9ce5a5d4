/** The job for {@code spark-submit}: images scored in chunks, with output that can be resumed. */
package dev.recal.spark.job;
