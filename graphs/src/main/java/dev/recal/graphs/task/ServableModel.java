package dev.recal.graphs.task;

import com.google.gson.JsonObject;
import dev.recal.ops.Servable;
import java.util.List;
import java.util.Objects;

/**
 * What an export of a run holds.
 *
 * @param servable the graph that answers
 * @param metadata further members of {@code recal.json} besides recipe, step and score, for example
 *     the numbers of parameters and multiply-adds
 * @param golden inputs that the model is verified with
 */
public record ServableModel(Servable servable, JsonObject metadata, List<GoldenInput> golden) {

  /** Copies the inputs. */
  public ServableModel {
    Objects.requireNonNull(servable, "servable");
    Objects.requireNonNull(metadata, "metadata");
    golden = List.copyOf(golden);
  }
}
