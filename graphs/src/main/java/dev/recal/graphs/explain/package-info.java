/** Looking inside a trained network: where it looked, and what its modules did. */
package dev.recal.graphs.explain;
