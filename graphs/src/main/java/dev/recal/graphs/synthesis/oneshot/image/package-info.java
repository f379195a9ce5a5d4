/** Images in memory: read from files, resized as in training. */
package dev.recal.graphs.synthesis.oneshot.image;
