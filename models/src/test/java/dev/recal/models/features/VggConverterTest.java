package dev.recal.models.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.GraphScope;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class VggConverterTest {

  @TempDir Path directory;

  @Test
  void networksHaveTorchvisionsLayers() {
    assertThat(VggNetwork.VGG16.maps()).hasSize(13).contains("relu1_2", "relu3_3", "relu5_3");
    assertThat(VggNetwork.VGG19.maps()).hasSize(16).endsWith("relu5_4");
    assertThat(VggNetwork.VGG16.named().get("relu4_3").index()).isEqualTo(21);
    assertThat(VggNetwork.VGG19.named().get("relu4_1").index()).isEqualTo(19);
  }

  // The weights have 59 MB.
  @Test
  @Tag("slow")
  void convertedNetworkHasNamedMapsOfTheWeightsColours() throws IOException {
    Path weights = directory.resolve("vgg.safetensors");
    Safetensors.write(weights, weights(), Map.of());
    float[] torchvision = map(VggInput.TORCHVISION, weights);
    float[] caffe = map(VggInput.CAFFE, weights);
    // The first channel of the first convolution is the red of torchvision, the blue of Caffe.
    assertThat(torchvision[0]).isCloseTo((0.75f - 0.485f) / 0.229f, within(1e-4f));
    assertThat(caffe[0]).isCloseTo(0.5f * 255 - 103.939f, within(1e-2f));
  }

  // A pixel of red 0.75, green 0.5, blue 0.5.
  private float[] map(VggInput input, Path weights) throws IOException {
    Path model =
        VggConverter.convert(
            VggNetwork.VGG16, input, List.of(weights), directory.resolve(input.name()));
    try (NamedMaps network = NamedMaps.open(model);
        Graph graph = new Graph();
        Session session = new Session(graph)) {
      assertThat(network.maps()).containsExactlyElementsOf(VggNetwork.VGG16.maps());
      Ops tf = GraphScope.ops(graph);
      float[] pixel = {0.5f, 0, 0};
      Operand<TFloat32> image =
          tf.broadcastTo(
              tf.reshape(tf.constant(pixel), tf.constant(new int[] {1, 1, 1, 3})),
              tf.constant(new int[] {1, 8, 8, 3}));
      Map<String, Operand<TFloat32>> maps = network.build(tf, image, List.of("relu1_1", "relu2_2"));
      assertThat(maps).containsOnlyKeys("relu1_1", "relu2_2");
      try (Result result =
          session.runner().fetch(maps.get("relu1_1")).fetch(maps.get("relu2_2")).run()) {
        assertThat(result.get(0).shape()).isEqualTo(Shape.of(1, 8, 8, 64));
        assertThat(result.get(1).shape()).isEqualTo(Shape.of(1, 4, 4, 128));
        float[] values = new float[8 * 8 * 64];
        ((TFloat32) result.get(0)).copyTo(DataBuffers.of(values));
        return values;
      }
    }
  }

  private static Map<String, TensorValue> weights() {
    Random random = new Random(1);
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    for (LpipsBackbone.Layer layer : VggNetwork.VGG16.layers()) {
      float[] kernel = new float[layer.out() * layer.in() * 9];
      if (layer.index() == 0) {
        // Output 0 is the centre of input 0.
        kernel[4] = 1;
      } else {
        kernel[random.nextInt(kernel.length)] = 1;
      }
      String name = "features." + layer.index();
      tensors.put(name + ".weight", TensorValue.of(kernel, layer.out(), layer.in(), 3, 3));
      tensors.put(name + ".bias", TensorValue.of(new float[layer.out()], layer.out()));
    }
    return tensors;
  }

  @Test
  void missingTensorsAreNamed() throws IOException {
    Path weights = directory.resolve("few.safetensors");
    Safetensors.write(
        weights, Map.of("features.0.bias", TensorValue.of(new float[64], 64)), Map.of());
    assertThatThrownBy(
            () ->
                VggConverter.convert(
                    VggNetwork.VGG19,
                    VggInput.TORCHVISION,
                    List.of(weights),
                    directory.resolve("model")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("features.0.weight");
  }
}
