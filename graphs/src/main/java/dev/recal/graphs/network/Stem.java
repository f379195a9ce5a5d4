package dev.recal.graphs.network;

/**
 * The layers before a network's first stage; each family documents the kernel of its form for
 * ImageNet, and whether pooling follows.
 */
public enum Stem {
  /** One convolution with stride 2. */
  IMAGENET,
  /** Three 3×3, the first with stride 2 and the first two with half the channels. */
  DEEP,
  /** 3×3 with stride 1, without pooling: for small images. */
  CIFAR
}
