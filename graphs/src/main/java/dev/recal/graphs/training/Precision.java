package dev.recal.graphs.training;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** The number format of convolutions and products; variables are always float32. */
public enum Precision {
  /** 32-bit floats throughout. */
  FLOAT32,
  /**
   * oneDNN's bfloat16: TensorFlow rewrites the graph so that convolutions and products take 16-bit
   * inputs and sum in 32 bits. Faster where the CPU has AMX or AVX-512 BF16, slower elsewhere.
   */
  BFLOAT16;

  /**
   * Returns the session's configuration.
   *
   * @param threads the number of TensorFlow's threads; 0 for all cores, 1 for bit-exact repetition
   */
  public ConfigProto session(int threads) {
    RewriterConfig.Builder rewriter = RewriterConfig.newBuilder();
    if (this == BFLOAT16) {
      rewriter.setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
    }
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads)
        .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewriter))
        .build();
  }
}
