/**
 * Losses and metrics of networks that answer for images: records that build themselves into the
 * graph, by name and with their settings in recipes. Other libraries add theirs by an {@link
 * dev.recal.graphs.objective.ObjectiveProvider}.
 */
package dev.recal.graphs.objective;
