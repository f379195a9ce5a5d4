package dev.recal.graphs.synthesis.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Keeps a uniform random sample of a stream of unknown length (Vitter: "Random sampling with a
 * reservoir", 1985).
 */
final class ImagePool {
  private final int capacity;
  private final Random random;
  private final List<ImageBatch> images = new ArrayList<>();
  private int seen;

  ImagePool(int capacity, long seed) {
    this.capacity = capacity;
    random = new Random(seed);
  }

  void add(ImageBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      seen++;
      if (images.size() < capacity) {
        images.add(batch.image(i));
      } else {
        int place = random.nextInt(seen);
        if (place < capacity) {
          images.set(place, batch.image(i));
        }
      }
    }
  }

  List<ImageBatch> images() {
    return List.copyOf(images);
  }
}
