/**
 * Convolutions whose filters are generated from the input: {@link
 * dev.recal.ops.dynamic.DynamicRegionConv} with one filter for each region of a map, {@link
 * dev.recal.ops.dynamic.CondConv} with one for each image.
 */
package dev.recal.ops.dynamic;
