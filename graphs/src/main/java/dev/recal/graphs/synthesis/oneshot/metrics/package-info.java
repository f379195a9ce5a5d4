/**
 * Metrics of images that were generated from one training image: the distance of patch statistics
 * (SIFID) and the diversity of pixels, as in SinGAN (Shaham, Dekel, Michaeli 2019, arXiv
 * 1905.01164).
 */
package dev.recal.graphs.synthesis.oneshot.metrics;
