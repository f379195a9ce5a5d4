/** Images inside the graph: from the bytes of files, and to another size. */
package dev.recal.ops.image;
