package dev.recal.models.predict;

import java.util.Optional;

/**
 * A model's answer for an image, or the reason why there is none.
 *
 * @param value the answer; empty if the image cannot be used
 * @param problem a sentence about the image, which it calls "it"; empty if there is an answer
 */
public record ImageAnswer<T>(Optional<T> value, String problem) {

  static <T> ImageAnswer<T> of(T value) {
    return new ImageAnswer<>(Optional.of(value), "");
  }

  static <T> ImageAnswer<T> unusable(String problem) {
    return new ImageAnswer<>(Optional.empty(), problem);
  }
}
