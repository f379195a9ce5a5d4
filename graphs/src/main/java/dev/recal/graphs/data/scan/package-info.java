/** Finds images and their classes in folders and archives, by names and headers only. */
package dev.recal.graphs.data.scan;
