/**
 * What detectors are trained with: sampled anchors and regions with their targets, and the losses
 * of region proposals, boxes, masks and RetinaNet.
 *
 * <p>The differences of mmdetection's two ages and of torchvision follow from {@link
 * dev.recal.ops.detection.Conventions}; each class says which there are.
 */
package dev.recal.graphs.detection.loss;
