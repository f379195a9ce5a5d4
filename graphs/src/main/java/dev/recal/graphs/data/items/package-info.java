/**
 * Stored images: encoded files wherever their bytes are, or decoded pixels in memory, and the ops
 * that read and prepare one in a graph. Their targets are not known here.
 */
package dev.recal.graphs.data.items;
