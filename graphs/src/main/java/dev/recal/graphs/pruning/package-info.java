/**
 * Channel pruning by gates: which channels a network's gates let through least, and what accuracy
 * is left without them.
 */
package dev.recal.graphs.pruning;
