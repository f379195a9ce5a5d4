/** TensorFlow checkpoints as files: their contents, read without a graph. */
package dev.recal.ops.checkpoint;
