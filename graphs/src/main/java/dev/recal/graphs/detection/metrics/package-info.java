/**
 * COCO's evaluation of detections, by boxes and by masks, with its plot of precision against
 * recall. Its files are read by {@link dev.recal.graphs.data.coco}.
 *
 * <p>The numbers equal those of pycocotools (T.-Y. Lin et al., Microsoft COCO: Common Objects in
 * Context, 2014). Coordinates are in pixels from the top left corner of the image, and a box is as
 * wide as its edges are apart.
 */
package dev.recal.graphs.detection.metrics;
