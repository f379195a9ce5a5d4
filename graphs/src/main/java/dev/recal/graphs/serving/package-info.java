/**
 * Graphs that answer: the same networks in inference phase, with the signatures that users call.
 */
package dev.recal.graphs.serving;
