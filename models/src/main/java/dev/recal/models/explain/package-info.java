/** Explanatory pictures of a trained network, for files. */
package dev.recal.models.explain;
