/** Inference graphs of the networks, with the signatures that users call. */
package dev.recal.graphs.serving;
