/**
 * The data sources that a recipe can name: folders and archives of images, CIFAR binary files,
 * TFRecord files, folders with COCO's annotations, synthetic textures and drawn scenes.
 */
package dev.recal.graphs.data.source;
