/**
 * Type names of layers. Third parties join through {@link dev.recal.ops.registry.LayerProvider} and
 * {@code ServiceLoader}.
 */
package dev.recal.ops.registry;
