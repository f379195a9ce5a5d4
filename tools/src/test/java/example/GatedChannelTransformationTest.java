package example;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.registry.LayerProvider;
import dev.recal.tools.contract.ModuleContract;
import dev.recal.tools.contract.ModuleSample;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatedChannelTransformationTest extends ModuleContract {

  @Override
  protected LayerProvider provider() {
    return new ExampleLayers();
  }

  @Override
  protected List<ModuleSample> samples() {
    long parameters = 3L * ModuleSample.CHANNELS;
    return List.of(
        ModuleSample.layer("gated-channel-transformation", "", parameters),
        ModuleSample.layer("gated-channel-transformation", "\"epsilon\": 0.5", parameters));
  }

  @Test
  void refusesAnEpsilonThatIsNotPositive() {
    assertThatThrownBy(() -> new GatedChannelTransformation(0f))
        .hasMessage("epsilon: expected a positive number, but 0.0 came.");
  }
}
