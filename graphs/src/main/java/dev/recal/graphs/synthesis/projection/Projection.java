package dev.recal.graphs.synthesis.projection;

/**
 * The result of a projection.
 *
 * @param z the vector
 * @param image the generated image, (size, size, 3) in 0–1
 * @param distance of the image to the target: mean squared difference of the pixels in −1..1 plus
 *     the perceptual distance
 * @param rootMeanSquare of the pixels' differences, in 0–1
 * @param startDistance the minimum distance of the initial candidates
 */
public record Projection(
    float[] z, float[] image, double distance, double rootMeanSquare, double startDistance) {}
