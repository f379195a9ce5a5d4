package dev.recal.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.exceptions.TFInvalidArgumentException;

class TensorFlowFailuresTest {

  static Stream<Arguments> messages() {
    return Stream.of(
        message(
            "Input to reshape is a tensor with 3 values, but the requested shape has 4\n"
                + "\t [[{{node head/Reshape}}]]",
            "Input to reshape is a tensor with 3 values, but the requested shape has 4"),
        message(
            "2 root error(s) found.\n"
                + "  (0) INVALID_ARGUMENT: Expected image (JPEG, PNG, or GIF), got empty file\n"
                + "\t [[{{node DecodeImage}}]]\n"
                + "\t [[probabilities/_3]]\n"
                + "  (1) INVALID_ARGUMENT: Expected image (JPEG, PNG, or GIF), got empty file\n"
                + "\t [[{{node DecodeImage}}]]\n"
                + "0 successful operations.\n0 derived errors ignored.",
            "Expected image (JPEG, PNG, or GIF), got empty file"),
        message(
            "{{function_node __wrapped__MatMul_device_/job:localhost}} Matrix size-incompatible:"
                + " In[0]: [1,2], In[1]: [3,4] [Op:MatMul] name: ",
            "Matrix size-incompatible: In[0]: [1,2], In[1]: [3,4]"),
        message(
            "Invalid argument: assertion failed: [labels] [9]\n"
                + "Defined at:\nFile \"x.py\", line 3\nFunction call stack:\nserve -> call",
            "assertion failed: [labels] [9]"),
        message(
            "assertion failed: [count, size: expected at most 9 pixels, but got:] [2] [5 6]\n"
                + "\t [[{{node generate/Assert}}]]",
            "count, size: expected at most 9 pixels, but got 2, 5 6"),
        message(
            "OOM when allocating tensor with shape[9,9] and type float on"
                + " /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu\n"
                + "Hint: If you want to see a list of allocated tensors",
            "OOM when allocating tensor with shape[9,9] and type float on CPU:0 by allocator cpu"),
        message(
            "/run/.writing-step-000000001/variables_temp/part-00000-of-00001"
                + ".data-00000-of-00001.tempstate1; No space left on device\n"
                + "\t [[{{node save/SaveV2}}]]",
            "no space is left on the device"),
        message(
            "From /job:worker/replica:0/task:0:\n"
                + "/run/.writing-step-000000001/variables_temp/part-00000-of-00001"
                + ".data-00000-of-00001.tempstate1; No space left on device\n"
                + "\t [[{{node save/SaveV2}}]]\n"
                + "Additional GRPC error information from remote target /job:worker/task:0:\n",
            "no space is left on the device"),
        message("DATA_LOSS: corrupted record at 12 [[{{node It}}]]", "corrupted record at 12"),
        message("Key a/b not found in checkpoint.", "Key a/b not found in checkpoint"),
        message(" \n\t [[{{node x}}]]", "no reason is given"));
  }

  private static Arguments message(String message, String expected) {
    return Arguments.of(message, expected);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void nodesStatusesAndTracesAreLeftOut(String message, String expected) {
    assertThat(TensorFlowFailures.reason(message)).isEqualTo(expected);
  }

  @Test
  void anExceptionWithoutAMessageIsItsClass() {
    assertThat(TensorFlowFailures.reason(new IllegalStateException()))
        .isEqualTo("IllegalStateException");
    assertThat(TensorFlowFailures.isFrom(new IllegalStateException())).isFalse();
    assertThat(TensorFlowFailures.isFrom(new TFInvalidArgumentException("x"))).isTrue();
  }
}
