/**
 * Networks for detection and instance segmentation: Mask R-CNN, also as a cascade, and RetinaNet,
 * each a classification network with a feature pyramid and heads.
 *
 * <p>Feature maps are (N, H, W, C). Boxes are x1, y1, x2, y2 in pixels of the network's input, in
 * the last dimension.
 */
package dev.recal.graphs.detection;
