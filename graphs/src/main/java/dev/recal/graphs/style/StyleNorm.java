package dev.recal.graphs.style;

import dev.recal.ops.Layer;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.InstanceNorm;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.Optional;

/** The norms that the paper of style recalibration compares for style transfer. */
public enum StyleNorm {
  /** Instance norm. */
  IN(InstanceNorm.defaults(), Optional.empty()),
  /** Batch norm. */
  BN(BatchNorm.defaults(), Optional.empty()),
  /** Batch norm, then squeeze-and-excitation with reduction 16. */
  BN_SE(BatchNorm.defaults(), Optional.of(new SqueezeExcitation(16))),
  /** Batch norm, then style recalibration. */
  BN_SRM(BatchNorm.defaults(), Optional.of(StyleRecalibration.defaults()));

  private final Norm norm;
  private final Optional<Layer> recalibration;

  StyleNorm(Norm norm, Optional<Layer> recalibration) {
    this.norm = norm;
    this.recalibration = recalibration;
  }

  /** Returns the norm after every convolution but the last one. */
  public Norm norm() {
    return norm;
  }

  /** Returns what follows each norm. */
  public Optional<Layer> recalibration() {
    return recalibration;
  }

  /** Returns the name in tables, for example {@code BN+SRM}. */
  public String title() {
    return name().replace('_', '+');
  }
}
