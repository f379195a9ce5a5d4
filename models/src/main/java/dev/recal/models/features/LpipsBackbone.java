package dev.recal.models.features;

import java.util.List;

/** The networks with published LPIPS weights, with torchvision's layer numbers. */
public enum LpipsBackbone {
  /** VGG-16: features after the ReLU before each pooling. */
  VGG16,
  /** AlexNet: features after each ReLU. */
  ALEXNET;

  /**
   * A convolution with a ReLU.
   *
   * @param index of the convolution in torchvision's {@code features}
   * @param kernel its rows and columns
   * @param stride in both directions
   * @param padding zeros on each side
   * @param in input channels
   * @param out output channels
   * @param pool rows and columns of a max-pooling of stride 2 before it; 0 for none
   * @param feature whether the output is one of the maps
   */
  record Layer(
      int index, int kernel, int stride, int padding, int in, int out, int pool, boolean feature) {}

  /** Returns the layers in order. */
  List<Layer> layers() {
    return this == VGG16 ? VggNetwork.VGG16.layers() : alexNet();
  }

  private static List<Layer> alexNet() {
    return List.of(
        new Layer(0, 11, 4, 2, 3, 64, 0, true),
        new Layer(3, 5, 1, 2, 64, 192, 3, true),
        new Layer(6, 3, 1, 1, 192, 384, 3, true),
        new Layer(8, 3, 1, 1, 384, 256, 0, true),
        new Layer(10, 3, 1, 1, 256, 256, 0, true));
  }
}
