package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.google.protobuf.ByteString;
import dev.recal.tools.serve.model.ServingException;
import java.io.IOException;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Feature.KindCase;

/**
 * One feature of an example: bytes, floats or integers by the JSON type of the first value. A
 * number with a fraction or an exponent is a float, any other an integer, as in TensorFlow Serving.
 */
final class FeatureBuilder {

  private final String name;
  private final Feature.Builder feature = Feature.newBuilder();

  FeatureBuilder(String name) {
    this.name = name;
  }

  /** Adds the current value of the parser. */
  void add(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case VALUE_TRUE, VALUE_FALSE -> {
        require(KindCase.INT64_LIST);
        feature.getInt64ListBuilder().addValue(parser.getBooleanValue() ? 1 : 0);
      }
      case VALUE_NUMBER_INT -> {
        require(KindCase.INT64_LIST);
        if (parser.getNumberType() == NumberType.BIG_INTEGER) {
          throw ServingException.invalid(
              "Feature: " + name() + " has an element beyond int64. Only int64 is supported.");
        }
        feature.getInt64ListBuilder().addValue(parser.getLongValue());
      }
      case VALUE_NUMBER_FLOAT -> {
        require(KindCase.FLOAT_LIST);
        float value = parser.getFloatValue();
        if (Float.isInfinite(value) && !parser.isNaN()) {
          throw ServingException.invalid(
              "Cannot convert JSON value: "
                  + JsonTypeNames.shortened(parser.getText())
                  + " to float without loss of precision.");
        }
        feature.getFloatListBuilder().addValue(value);
      }
      case VALUE_STRING -> {
        require(KindCase.BYTES_LIST);
        feature.getBytesListBuilder().addValue(ByteString.copyFromUtf8(parser.getText()));
      }
      case START_OBJECT -> {
        require(KindCase.BYTES_LIST);
        parser.nextToken();
        feature.getBytesListBuilder().addValue(ByteString.copyFrom(ElementBuffer.base64(parser)));
      }
      default ->
          throw ServingException.invalid(
              "Feature: "
                  + name()
                  + " has element with unexpected JSON type: "
                  + JsonTypeNames.kind(parser.currentToken()));
    }
  }

  Feature build() {
    return feature.build();
  }

  private void require(KindCase kind) {
    if (feature.getKindCase() != KindCase.KIND_NOT_SET && feature.getKindCase() != kind) {
      throw ServingException.invalid(
          "Unexpected element type in feature: " + name() + " expecting type: " + word());
    }
  }

  private String word() {
    return switch (feature.getKindCase()) {
      case BYTES_LIST -> "bytes";
      case FLOAT_LIST -> "float";
      case INT64_LIST -> "int64";
      case KIND_NOT_SET -> "UNKNOWN";
    };
  }

  private String name() {
    return JsonTypeNames.shortened(name);
  }
}
