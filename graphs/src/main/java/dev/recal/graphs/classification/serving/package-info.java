/** Graphs that answer: classifiers in inference phase, with the signatures that users call. */
package dev.recal.graphs.classification.serving;
