/** The task of detection and instance segmentation: recipes, the graph of a run, its evaluation. */
package dev.recal.graphs.detection.training;
