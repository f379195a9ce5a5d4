package dev.recal.graphs.data.shards;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.FloatList;
import org.tensorflow.proto.Int64List;

/** Puts values into a {@code tf.train.Example} and takes them out. */
final class ExampleFeatures {
  private final Features.Builder features = Features.newBuilder();

  ExampleFeatures put(String key, long... values) {
    Int64List list =
        Int64List.newBuilder().addAllValue(LongStream.of(values).boxed()::iterator).build();
    features.putFeature(key, Feature.newBuilder().setInt64List(list).build());
    return this;
  }

  ExampleFeatures put(String key, byte[] value) {
    return put(key, BytesList.newBuilder().addValue(ByteString.copyFrom(value)));
  }

  ExampleFeatures put(String key, String value) {
    return put(key, value.getBytes(StandardCharsets.UTF_8));
  }

  ExampleFeatures put(String key, List<String> values) {
    BytesList.Builder list = BytesList.newBuilder();
    values.forEach(value -> list.addValue(ByteString.copyFromUtf8(value)));
    return put(key, list);
  }

  ExampleFeatures put(String key, float[] values) {
    FloatList.Builder list = FloatList.newBuilder();
    for (float value : values) {
      list.addValue(value);
    }
    features.putFeature(key, Feature.newBuilder().setFloatList(list).build());
    return this;
  }

  ExampleFeatures putFiles(String key, List<byte[]> files) {
    BytesList.Builder list = BytesList.newBuilder();
    files.forEach(file -> list.addValue(ByteString.copyFrom(file)));
    return put(key, list);
  }

  private ExampleFeatures put(String key, BytesList.Builder list) {
    features.putFeature(key, Feature.newBuilder().setBytesList(list).build());
    return this;
  }

  byte[] toBytes() {
    return Example.newBuilder().setFeatures(features).build().toByteArray();
  }

  /** Returns the integers of a feature, none where it is absent. */
  static long[] numbers(Map<String, Feature> features, String key) {
    return features
        .getOrDefault(key, Feature.getDefaultInstance())
        .getInt64List()
        .getValueList()
        .stream()
        .mapToLong(Long::longValue)
        .toArray();
  }

  /** Returns the real numbers of a feature, none where it is absent. */
  static List<Float> reals(Map<String, Feature> features, String key) {
    return features.getOrDefault(key, Feature.getDefaultInstance()).getFloatList().getValueList();
  }

  /** Returns the bytes of a feature, none where it is absent. */
  static List<ByteString> files(Map<String, Feature> features, String key) {
    return features.getOrDefault(key, Feature.getDefaultInstance()).getBytesList().getValueList();
  }

  /** Returns the texts of a feature, none where it is absent. */
  static List<String> texts(Map<String, Feature> features, String key) {
    return files(features, key).stream().map(ByteString::toStringUtf8).toList();
  }
}
