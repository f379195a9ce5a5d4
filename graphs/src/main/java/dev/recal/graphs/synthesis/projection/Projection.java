package dev.recal.graphs.synthesis.projection;

/**
 * What a search found.
 *
 * @param z the vector
 * @param image what the generator makes of it, (size, size, 3) in 0–1
 * @param distance of the image to the target: mean squared difference of the pixels in −1..1 plus
 *     the perceptual distance
 * @param rootMeanSquare of the pixels' differences, in 0–1
 * @param startDistance the least distance among the candidates that the search began with
 */
public record Projection(
    float[] z, float[] image, double distance, double rootMeanSquare, double startDistance) {}
