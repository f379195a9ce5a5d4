/**
 * The targets of a data set: a class, several classes, numbers, none, objects with boxes, classes
 * and masks, or a second image.
 *
 * <p>A {@link dev.recal.graphs.data.targets.TargetStore} keeps those of all items, checks them,
 * enters the digest and makes the ops that read them. A {@link
 * dev.recal.graphs.data.targets.TargetBatch} is what a graph gets of them. Objects and second
 * images move with the pixels by the {@link dev.recal.graphs.data.targets.Geometry} of each image.
 */
package dev.recal.graphs.data.targets;
