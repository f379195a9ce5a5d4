package dev.recal.graphs.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.TransposedConv2d;
import dev.recal.ops.conv.Window;
import dev.recal.ops.initializer.Initializer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

class ProfilerTest {

  private static Profile.Layer only(Layer layer, Shape shape) {
    Profile profile = of((context, x) -> layer.build(context.at("layer"), x), shape);
    assertThat(profile.layers()).hasSize(1);
    assertThat(profile.layers().get(0).name()).isEqualTo("layer");
    return profile.layers().get(0);
  }

  private static Profile of(Layer layer, Shape shape) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      var x = Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(shape));
      BuildContext context = BuildContext.of(store, Tower.serving());
      layer.build(context, x);
      return Profiler.of(context, shape);
    }
  }

  @Test
  void countsPlainStridedAndGroupedConvolutions() {
    Shape map = Shape.of(1, 10, 14, 8);
    Profile.Layer plain = only(Conv2d.of(16, 3), map);
    assertThat(plain.macs()).isEqualTo(10L * 14 * 16 * 3 * 3 * 8);
    assertThat(plain.parameters()).isEqualTo(3L * 3 * 8 * 16);
    assertThat(plain.operation()).isEqualTo("Conv2D");
    assertThat(plain.output()).containsExactly(1L, 10L, 14L, 16L);
    assertThat(only(Conv2d.of(16, 3).stride(2).biased(), map).macs())
        .isEqualTo(5L * 7 * 16 * 3 * 3 * 8);
    assertThat(only(Conv2d.of(16, 3).groups(4), map).macs()).isEqualTo(10L * 14 * 16 * 3 * 3 * 2);
  }

  @Test
  void countsDilatedConvolutionLikePlainOne() {
    Shape map = Shape.of(1, 11, 14, 4);
    assertThat(only(Conv2d.of(6, 3).dilation(3), map).macs()).isEqualTo(11L * 14 * 6 * 3 * 3 * 4);
    assertThat(only(Conv2d.of(6, 3).dilation(2).stride(2), map).macs())
        .isEqualTo(6L * 7 * 6 * 3 * 3 * 4);
    Window dilated = new Window(3, 3, 1, Padding.CENTRED, 2);
    assertThat(only(new DepthwiseConv2d(dilated, false, Initializer.ones()), map).macs())
        .isEqualTo(11L * 14 * 4 * 3 * 3);
  }

  @Test
  void countsDepthwiseTransposedAndDense() {
    assertThat(only(DepthwiseConv2d.of(3, 2), Shape.of(1, 8, 8, 5)).macs())
        .isEqualTo(4L * 4 * 5 * 9);
    Profile.Layer transposed = only(TransposedConv2d.of(7, 4, 2), Shape.of(1, 5, 6, 3));
    assertThat(transposed.macs()).isEqualTo(5L * 6 * 3 * 4 * 4 * 7);
    assertThat(transposed.output()).containsExactly(1L, 12L, 14L, 7L);
    Profile.Layer dense = only(Dense.of(9), Shape.of(1, 5));
    assertThat(dense.macs()).isEqualTo(45);
    assertThat(dense.parameters()).isEqualTo(54);
  }

  @Test
  void countsBatchedMatrixProducts() {
    Profile profile =
        of(
            (context, x) -> {
              Ops tf = context.at("product").tf();
              return tf.train.batchMatMul(x, x, TFloat32.class, BatchMatMul.adjX(true));
            },
            Shape.of(2, 3, 5, 4));
    assertThat(profile.macs()).isEqualTo(2L * 3 * 4 * 4 * 5);
  }

  @Test
  void namesTheOperationWithoutAStaticShape() {
    assertThatThrownBy(() -> of(Conv2d.of(4, 3), Shape.of(1, -1, 8, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("serving/Conv2d");
  }

  @Test
  void writesAnAlignedTableAndJson() {
    Profile profile = Profiler.of(ResNet.cifar(8), 32, 32);
    List<String> lines = profile.toText().lines().toList();
    assertThat(lines).hasSize(profile.layers().size() + 2);
    assertThat(lines).extracting(String::length).containsOnly(lines.get(0).length());
    assertThat(lines.get(0)).startsWith("layer").endsWith("multiply-adds");
    assertThat(lines.get(lines.size() - 1)).startsWith("total").contains("1×32×32×3");
    JsonObject json = JsonParser.parseString(profile.toJson()).getAsJsonObject();
    assertThat(json.get("parameters").getAsLong()).isEqualTo(profile.parameters());
    assertThat(json.get("macs").getAsLong()).isEqualTo(profile.macs());
    assertThat(json.get("layers").getAsJsonArray()).hasSize(profile.layers().size());
    JsonObject stem = json.get("layers").getAsJsonArray().get(0).getAsJsonObject();
    assertThat(stem.get("name").getAsString()).isEqualTo("stem/conv");
    assertThat(stem.get("macs").getAsLong()).isEqualTo(32L * 32 * 16 * 27);
  }
}
