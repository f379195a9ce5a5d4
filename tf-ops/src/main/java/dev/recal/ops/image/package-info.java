/** Images inside the graph: decoding of files, and resizing. */
package dev.recal.ops.image;
