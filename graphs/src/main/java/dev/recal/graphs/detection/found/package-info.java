/** Detections as Java values, in the pixels of the images as they were before resizing. */
package dev.recal.graphs.detection.found;
