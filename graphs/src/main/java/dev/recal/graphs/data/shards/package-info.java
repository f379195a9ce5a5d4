/** TFRecord shards: written from a folder, opened by their indices. */
package dev.recal.graphs.data.shards;
