/** The task of one-shot synthesis: its recipe, its graph of one scale, and its job. */
package dev.recal.graphs.synthesis.oneshot.training;
