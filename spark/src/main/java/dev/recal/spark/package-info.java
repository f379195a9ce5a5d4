/** Scoring of images with an exported model on Apache Spark. */
package dev.recal.spark;
