/**
 * COCO's files: annotations, for evaluation and as targets for training, and detections in the
 * format of results. They are read entry by entry, never as a whole; failures name the file and the
 * place in it.
 */
package dev.recal.graphs.data.coco;
