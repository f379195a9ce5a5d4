package dev.recal.graphs.detection.metrics;

/** What is compared between objects and detections; pycocotools calls it {@code iouType}. */
public enum Region {
  /** Boxes: {@code bbox}. A detection's area is that of its box. */
  BOXES,
  /** Masks: {@code segm}. A detection's area is the number of its pixels. */
  MASKS
}
