package dev.recal.tools.serve.rest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResponseSizeTest {

  @Test
  void outputsOfSizesThatValuesOrderAreChecked() {
    SignatureDescription signature = new SignatureDescription("generate", "", Map.of(), Map.of());
    Map<String, TensorValue> outputs =
        Map.of("images", TensorValue.of(new float[100_000], new long[] {1, 100_000}));
    ResponseSize.checkOutputs(signature, outputs, 1_200_000);
    assertThatThrownBy(() -> ResponseSize.checkOutputs(signature, outputs, 1_199_999))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("'generate' would be about 1 MB; the maximum is 1 MB");
  }
}
