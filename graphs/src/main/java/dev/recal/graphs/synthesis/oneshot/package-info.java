/**
 * One-shot synthesis: a pyramid of generators and critics that learns from one image (SinGAN, with
 * or without SLIM), and the pyramid as a servable.
 */
package dev.recal.graphs.synthesis.oneshot;
