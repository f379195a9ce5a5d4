/**
 * A generator of one image, opened from a run or a SavedModel, and what can be done with it: random
 * samples, harmonisation, editing, painting, super-resolution, animation.
 */
package dev.recal.models.synthesis.oneshot;
