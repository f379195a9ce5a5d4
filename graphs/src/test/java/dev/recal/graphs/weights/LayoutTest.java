package dev.recal.graphs.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.ndarray.Shape;

class LayoutTest {

  @Test
  void convertsConvolutionsFromOutputsFirst() {
    Shape ours = Shape.of(2, 3, 4, 5);
    assertThat(Layout.CONV.externalShape(ours)).isEqualTo(Shape.of(5, 4, 2, 3));
    float[] values = counting(120);
    float[] turned = Layout.CONV.toRecal(values, ours);
    for (int o = 0; o < 5; o++) {
      for (int i = 0; i < 4; i++) {
        for (int h = 0; h < 2; h++) {
          for (int w = 0; w < 3; w++) {
            float their = values[((o * 4 + i) * 2 + h) * 3 + w];
            assertThat(turned[((h * 3 + w) * 4 + i) * 5 + o]).isEqualTo(their);
          }
        }
      }
    }
  }

  @Test
  void matricesAreTransposed() {
    assertThat(Layout.DENSE.toRecal(new float[] {1, 2, 3, 4, 5, 6}, Shape.of(3, 2)))
        .containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(Layout.DENSE.externalShape(Shape.of(3, 2))).isEqualTo(Shape.of(2, 3));
    assertThat(Layout.DENSE_FROM_CONV.externalShape(Shape.of(3, 2)))
        .isEqualTo(Shape.of(2, 3, 1, 1));
    assertThat(Layout.CONV_FROM_DENSE.externalShape(Shape.of(1, 1, 3, 2)))
        .isEqualTo(Shape.of(2, 3));
    assertThat(Layout.CHANNEL_WISE.externalShape(Shape.of(3, 2))).isEqualTo(Shape.of(3, 1, 2));
    assertThat(Layout.DEPTHWISE.externalShape(Shape.of(5, 3, 8, 1)))
        .isEqualTo(Shape.of(8, 1, 5, 3));
  }

  @Test
  void rowsOfAMapAreReordered() {
    Shape ours = Shape.of(2 * 49, 3);
    assertThat(Layout.DENSE_OF_MAP.externalShape(ours)).isEqualTo(Shape.of(3, 98));
    float[] values = counting(294);
    float[] turned = Layout.DENSE_OF_MAP.toRecal(values, ours);
    for (int o = 0; o < 3; o++) {
      for (int channel = 0; channel < 2; channel++) {
        for (int cell = 0; cell < 49; cell++) {
          assertThat(turned[(cell * 2 + channel) * 3 + o])
              .isEqualTo(values[(o * 2 + channel) * 49 + cell]);
        }
      }
    }
    assertThat(Layout.DENSE_OF_MAP.fits(Shape.of(50, 3))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void roundTrips(Layout layout) {
    for (Shape shape :
        new Shape[] {
          Shape.scalar(),
          Shape.of(7),
          Shape.of(3, 5),
          Shape.of(98, 5),
          Shape.of(3, 2, 4, 5),
          Shape.of(1, 1, 4, 5),
          Shape.of(3, 3, 6, 1),
          Shape.of(0, 4)
        }) {
      if (layout.fits(shape)) {
        float[] values = counting((int) shape.size());
        assertThat(layout.externalShape(shape).size()).isEqualTo(shape.size());
        assertThat(layout.toExternal(layout.toRecal(values, shape), shape)).containsExactly(values);
      } else {
        assertThatThrownBy(() -> layout.externalShape(shape))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(layout.word());
      }
    }
    assertThat(Layout.named(layout.word())).contains(layout);
  }

  @Test
  void rejectsOtherShapes() {
    assertThat(Layout.DEPTHWISE.fits(Shape.of(3, 3, 6, 2))).isFalse();
    assertThat(Layout.CONV_FROM_DENSE.fits(Shape.of(3, 1, 4, 5))).isFalse();
    assertThat(Layout.VECTOR.fits(Shape.of(3, 1))).isFalse();
    assertThat(Layout.SAME.fits(Shape.of(3, 1, 2, 2, 2))).isTrue();
    assertThatThrownBy(() -> Layout.VECTOR.toRecal(new float[2], Shape.of(3)))
        .hasMessage("values: shape [3] takes 3 values, but got 2.");
  }

  private static float[] counting(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return values;
  }
}
