package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.recal.tools.serve.model.ServingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;

/** Reads the body of {@code :classify} and {@code :regress} into {@code tf.train.Example}s. */
public final class ExamplesRequestReader {

  private final JsonParser parser;
  private String signature = SignatureName.DEFAULT;
  private Features context = Features.getDefaultInstance();
  private List<Features> examples;

  private ExamplesRequestReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a request.
   *
   * @throws ServingException if it is not JSON or not of that form
   */
  public static ExamplesRequest read(byte[] body) {
    try (JsonParser parser = RestJson.FACTORY.createParser(body)) {
      return new ExamplesRequestReader(parser).request();
    } catch (IOException e) {
      throw RestJson.malformed(e);
    }
  }

  private ExamplesRequest request() throws IOException {
    RestJson.enterObject(parser);
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      switch (key) {
        case SignatureName.KEY -> signature = SignatureName.text(parser);
        case "context" -> context = features();
        case "examples" -> examples = examples();
        default -> parser.skipChildren();
      }
    }
    RestJson.requireEnd(parser);
    if (examples == null) {
      throw ServingException.invalid(
          "JSON Value: When method is classify, key 'examples' is expected and was not found");
    }
    List<byte[]> serialised = new ArrayList<>();
    for (Features own : examples) {
      // An example's own feature wins, as in the merge of two messages.
      Features all = context.toBuilder().putAllFeature(own.getFeatureMap()).build();
      serialised.add(Example.newBuilder().setFeatures(all).build().toByteArray());
    }
    return new ExamplesRequest(signature, serialised);
  }

  private List<Features> examples() throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw ServingException.invalid("JSON Value: Expecting 'examples' value to be an list/array");
    }
    List<Features> read = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      read.add(features());
    }
    if (read.isEmpty()) {
      throw ServingException.invalid("JSON Value: 'examples' value is an empty array");
    }
    return read;
  }

  private Features features() throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw ServingException.invalid(
          "Example must be JSON object but got JSON " + JsonTypeNames.kind(parser.currentToken()));
    }
    Features.Builder features = Features.newBuilder();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      FeatureBuilder feature = new FeatureBuilder(name);
      if (parser.nextToken() == JsonToken.START_ARRAY) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          feature.add(parser);
        }
      } else {
        feature.add(parser);
      }
      Feature built = feature.build();
      features.putFeature(name, built);
    }
    return features.build();
  }
}
