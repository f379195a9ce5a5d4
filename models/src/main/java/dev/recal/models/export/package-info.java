/** A run's weights, or imported ones, as a SavedModel: plain, optimised, with a server's files. */
package dev.recal.models.export;
