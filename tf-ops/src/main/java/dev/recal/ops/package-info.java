/**
 * The context through which records build themselves into a static TensorFlow graph.
 *
 * <p>{@link dev.recal.ops.Layer} is a record of settings with one method; {@link
 * dev.recal.ops.BuildContext} gives it operations, variables by name, the phase and seeds; {@link
 * dev.recal.ops.VariableStore} holds a graph's resource variables; {@link dev.recal.ops.Servable}
 * describes a graph to export.
 */
package dev.recal.ops;
