/**
 * Inputs of one-shot editing: masks that blend a generated image into the background, and colour
 * clusters that give a painting the colours of the training image. They need no generator and no
 * graph.
 *
 * <p>Shaham, Dekel, Michaeli 2019, "SinGAN: Learning a Generative Model from a Single Natural
 * Image" (arXiv 1905.01164); official code: github tamarott/SinGAN.
 */
package dev.recal.graphs.synthesis.oneshot.edit;
