package dev.recal.models.faces;

import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.models.predict.FileBatches;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Predictions;
import dev.recal.ops.Arguments;
import dev.recal.savedmodels.NotFiniteException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The embeddings of image files. Images of another size than the network's are stretched to it;
 * faces should be aligned before.
 *
 * @param embedder the network
 * @param mirrored whether the embedding of the mirror image is added
 * @param pixels the maximum of an image
 * @param batch images in a call
 */
public record ImageEmbeddings(Embedder embedder, boolean mirrored, long pixels, int batch) {

  private static final int CHANNELS = 3;

  /** Rejects an empty batch. */
  public ImageEmbeddings {
    Arguments.atLeast(1, "batch", batch);
  }

  /**
   * Reads an image file, upright.
   *
   * @throws ImageHeader.UnusableImageException if it is not an image, damaged or too large
   */
  static DecodedImage decode(byte[] file, long pixels) throws ImageHeader.UnusableImageException {
    return DecodedImage.of(ServableImage.bounded(file, pixels), CHANNELS)
        .orElseThrow(
            () -> new ImageHeader.UnusableImageException("is not an image that can be decoded"));
  }

  /**
   * Computes the embeddings of files, not normalised.
   *
   * @param strict whether to fail at the first unusable file
   * @param each gets them, in the order of the files; none is of zeros, or not finite
   * @return the skipped files
   * @throws IOException if {@code strict} and a file cannot be used, or an embedding is not taken
   */
  public List<Predictions.Skipped> of(
      List<ImageFiles.ImageFile> files, boolean strict, FileBatches.Answers<float[]> each)
      throws IOException {
    return new FileBatches(batch, pixels, strict).run(files, this::embed, each);
  }

  /** Returns files as those that are named one by one. */
  public static List<ImageFiles.ImageFile> named(List<Path> files) {
    return files.stream().map(file -> new ImageFiles.ImageFile(file, true)).toList();
  }

  private List<float[]> embed(List<byte[]> files) throws ImageHeader.UnusableImageException {
    List<DecodedImage> images = new ArrayList<>();
    for (byte[] file : files) {
      images.add(decode(file, pixels).resized(embedder.imageSize(), embedder.imageSize()));
    }
    float[][] embeddings = mirrored ? withMirrored(embedder, images) : embedder.embed(images);
    for (float[] embedding : embeddings) {
      requireDirection(embedding);
    }
    return List.of(embeddings);
  }

  /**
   * Computes the embeddings of images plus those of their mirror images, not normalised.
   *
   * @param images of the network's size
   */
  static float[][] withMirrored(Embedder embedder, List<DecodedImage> images) {
    float[][] embeddings = embedder.embed(images);
    float[][] others = embedder.embed(images.stream().map(DecodedImage::mirrored).toList());
    for (int i = 0; i < embeddings.length; i++) {
      for (int j = 0; j < embeddings[i].length; j++) {
        embeddings[i][j] += others[i][j];
      }
    }
    return embeddings;
  }

  private static void requireDirection(float[] embedding)
      throws ImageHeader.UnusableImageException {
    double squares = 0;
    for (float value : embedding) {
      squares += (double) value * value;
    }
    if (!Double.isFinite(squares)) {
      throw new NotFiniteException("The embedding of an image is not finite.");
    }
    if (squares == 0) {
      throw new ImageHeader.UnusableImageException("has an embedding of zeros");
    }
  }

  /** Returns an embedding in double precision. */
  public static double[] doubles(float[] embedding) {
    return IntStream.range(0, embedding.length).mapToDouble(i -> embedding[i]).toArray();
  }

  /** Returns an embedding divided by its length. */
  public static float[] normalised(float[] embedding) {
    double squares = 0;
    for (float value : embedding) {
      squares += (double) value * value;
    }
    float[] unit = new float[embedding.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (embedding[i] / Math.sqrt(squares));
    }
    return unit;
  }
}
