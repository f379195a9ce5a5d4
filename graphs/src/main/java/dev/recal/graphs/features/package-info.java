/** Networks with fixed weights whose inner maps are compared in losses. */
package dev.recal.graphs.features;
