/**
 * Classification networks as records that build themselves into a graph.
 *
 * <p>{@link dev.recal.graphs.network.Networks} lists them by name. Feature maps are (N, H, W, C).
 */
package dev.recal.graphs.network;
