package dev.recal.tools.serve.model;

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
   * @throws IllegalArgumentException if a name, a type or a shape does not match
   */
  public void check(SignatureDescription signature, Map<String, TensorValue> inputs) {
    version.predictor().check(signature.key(), inputs);
  }

  /**
   * Calls a signature, batched with other waiting calls.
   *
   * @param inputs checked
   * @param deadline in nanoseconds of {@link System#nanoTime}
   * @return the outputs; an {@link IllegalArgumentException} if the model rejects the inputs
   * @throws ServingException if too many calls wait
   */
  public CompletableFuture<Map<String, TensorValue>> call(
      SignatureDescription signature, Map<String, TensorValue> inputs, long deadline) {
    return version.queue().submit(signature, inputs, deadline);
  }

  @Override
  public void close() {
    if (open.getAndSet(false)) {
      version.release();
    }
  }
}
