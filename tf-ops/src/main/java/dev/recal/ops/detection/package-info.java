/**
 * The parts of two-stage and one-stage detectors that do not depend on a network: boxes and their
 * conventions, anchors, RoIAlign, suppression of duplicates, assignment and sampling.
 *
 * <p>Boxes are x1, y1, x2, y2 in pixels of the network's input, in the last dimension.
 */
package dev.recal.ops.detection;
