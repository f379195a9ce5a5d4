/** TensorFlow checkpoints as files: what one holds, read without a graph. */
package dev.recal.ops.checkpoint;
