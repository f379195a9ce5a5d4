/**
 * The data sources that a recipe can name: folders and archives of images, CIFAR binary files,
 * TFRecord files and synthetic textures.
 */
package dev.recal.graphs.data.source;
