package dev.recal.tools.serve.model;

import dev.recal.savedmodels.InputPixels;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** The use of a version by a request: while it is open, the version stays loaded. */
public final class Lease implements AutoCloseable {

  private final LoadedVersion version;
  private final AtomicBoolean open = new AtomicBoolean(true);

  Lease(LoadedVersion version) {
    this.version = version;
  }

  /** Returns the version's number. */
  public long version() {
    return version.number();
  }

  /** Returns the description of the version. */
  public SavedModelDescription description() {
    return version.predictor().description();
  }

  /**
   * Rejects inputs that do not match a signature.
   *
   * @return the pixels of the image files among them
   * @throws IllegalArgumentException if a name, a type or a shape does not match, or an image file
   *     has too many pixels
   */
  public InputPixels check(SignatureDescription signature, Map<String, TensorValue> inputs) {
    return version.predictor().check(signature.key(), inputs);
  }

  /**
   * Calls a signature, batched with other waiting calls.
   *
   * @return the outputs; an {@link IllegalArgumentException} where the model rejects the inputs
   * @throws ServingException if too many calls wait; then the call is not released
   */
  public CompletableFuture<Map<String, TensorValue>> call(ModelCall call) {
    return version.queue().submit(call);
  }

  @Override
  public void close() {
    if (open.getAndSet(false)) {
      version.release();
    }
  }
}
