/** Detectors opened and called: objects in image files, drawn or as COCO's results. */
package dev.recal.models.detection;
