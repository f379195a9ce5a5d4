/** Channel pruning by gates, and the remaining accuracy. */
package dev.recal.graphs.pruning;
