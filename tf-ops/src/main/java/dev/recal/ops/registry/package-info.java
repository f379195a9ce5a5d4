/**
 * Type names of layers. Third parties register layers through {@link
 * dev.recal.ops.registry.LayerProvider} and {@code ServiceLoader}.
 */
package dev.recal.ops.registry;
