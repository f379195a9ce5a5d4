/** Pictures of where a trained network looked, for files. */
package dev.recal.models.explain;
