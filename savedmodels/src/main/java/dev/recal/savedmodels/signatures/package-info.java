/** Parts of graphs that signatures share: images from the bytes of files, names of classes. */
package dev.recal.savedmodels.signatures;
