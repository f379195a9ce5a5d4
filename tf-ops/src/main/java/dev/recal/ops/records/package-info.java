/** Files of length-prefixed, checksummed records: the TFRecord format, read and written in Java. */
package dev.recal.ops.records;
