/** Atomic writing of files. */
package dev.recal.graphs.files;
