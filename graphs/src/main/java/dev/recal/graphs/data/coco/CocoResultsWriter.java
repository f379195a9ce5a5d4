package dev.recal.graphs.data.coco;

import com.google.gson.stream.JsonWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;

/**
 * Writes detections in COCO's format of results, one by one: a list of objects with {@code
 * image_id}, {@code category_id}, {@code bbox}, {@code score} and, of detections with masks, {@code
 * segmentation} as compressed runs. {@link CocoDetections} reads it.
 */
public final class CocoResultsWriter implements Closeable {

  private final JsonWriter json;

  /**
   * Begins the list.
   *
   * @param out UTF-8; not closed by this writer
   * @throws IOException if it cannot be written
   */
  public CocoResultsWriter(OutputStream out) throws IOException {
    json = new JsonWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    json.beginArray();
  }

  /**
   * Adds a detection.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Detection detection) throws IOException {
    CocoBox box = detection.box();
    json.beginObject();
    json.name("image_id").value(detection.image());
    json.name("category_id").value(detection.category());
    json.name("bbox").beginArray();
    for (double number : new double[] {box.x(), box.y(), box.width(), box.height()}) {
      json.value(shortest(number));
    }
    json.endArray();
    json.name("score").value(shortest(detection.score()));
    if (detection.mask().isPresent()) {
      var mask = detection.mask().get();
      json.name("segmentation").beginObject();
      json.name("size").beginArray().value(mask.height()).value(mask.width()).endArray();
      json.name("counts").value(mask.compressed());
      json.endObject();
    }
    json.endObject();
  }

  // Most numbers are widened floats, whose own digits are fewer.
  private static Number shortest(double number) {
    float narrow = (float) number;
    return narrow == number ? (Number) narrow : (Number) number;
  }

  /** Ends the list. */
  @Override
  public void close() throws IOException {
    json.endArray();
    json.flush();
  }
}
