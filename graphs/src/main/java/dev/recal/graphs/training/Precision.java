package dev.recal.graphs.training;

import dev.recal.ops.ProductFormat;
import dev.recal.ops.runtime.ComputeDevices;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** The number format of convolutions and products; variables are always float32. */
public enum Precision {
  /**
   * 32-bit floats throughout. On NVIDIA's GPUs TensorFlow rounds the factors of products to TF32,
   * with 10 bits of mantissa.
   */
  FLOAT32,
  /**
   * Convolutions and products take 16-bit inputs and sum in 32 bits. On a CPU TensorFlow's rewrite
   * for oneDNN does it, which is faster where the CPU has AMX or AVX-512 BF16 and slower elsewhere;
   * on a GPU, for which there is no such rewrite, casts in the graph do it.
   */
  BFLOAT16,
  /**
   * TensorFlow's rewrite to float16 for GPUs, with dynamic scaling of the loss. It needs a GPU: on
   * a CPU the graph is computed in float32, with the scaling.
   */
  FLOAT16;

  /** The system property that makes {@link #BFLOAT16} use casts also without a GPU, for tests. */
  public static final String CASTS = "recal.bfloat16.casts";

  private static final Logger LOG = LoggerFactory.getLogger(Precision.class);
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  /**
   * Returns the session's configuration, without devices.
   *
   * @param threads the number of TensorFlow's threads; 0 for all cores, 1 for bit-exact repetition
   */
  public ConfigProto session(int threads) {
    RewriterConfig.Builder rewriter = RewriterConfig.newBuilder();
    if (products() == ProductFormat.REWRITTEN) {
      rewriter.setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
    }
    if (this == FLOAT16) {
      warnWithoutGpu();
      rewriter.setAutoMixedPrecision(RewriterConfig.Toggle.ON);
    }
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads)
        .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewriter))
        .build();
  }

  private static void warnWithoutGpu() {
    if (!ComputeDevices.usesGpu() && WARNED.compareAndSet(false, true)) {
      LOG.warn("Precision float16 needs a GPU; computing in float32.");
    }
  }

  /** Returns the number format of layers' products. */
  public ProductFormat products() {
    if (this != BFLOAT16) {
      return ProductFormat.FLOAT32;
    }
    return Boolean.getBoolean(CASTS) || ComputeDevices.usesGpu()
        ? ProductFormat.BFLOAT16
        : ProductFormat.REWRITTEN;
  }
}
