package dev.recal.graphs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class NetworkCatalogueTest {

  /** A type with one preset, and a published accuracy of another. */
  private record Named(
      String type,
      Class<? extends Network> network,
      String preset,
      List<PublishedAccuracy> published)
      implements NetworkProvider {

    Named(String type, Class<? extends Network> network, String preset) {
      this(type, network, preset, List.of());
    }

    @Override
    public List<Networks.Preset> presets() {
      return new PresetList(32).add(preset, ResNet.cifar(8)).list();
    }
  }

  /** A network that is not a record. */
  private static final class NotARecord implements Network {

    @Override
    public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
      return ResNet.cifar(8).build(context, images);
    }

    @Override
    public int classes() {
      return 10;
    }

    @Override
    public Network withClasses(int count) {
      return this;
    }
  }

  private static NetworkCatalogue of(NetworkProvider... providers) {
    return NetworkCatalogue.of(List.of(providers));
  }

  @Test
  void keepsTheOrderOfTheProviders() {
    NetworkCatalogue catalogue =
        of(new Named("b", ResNet.class, "net"), new Named("a", DenseNet.class, "se-net"));
    assertThat(catalogue.types().keySet()).containsExactly("b", "a");
    assertThat(catalogue.presets().keySet()).containsExactly("net", "se-net");
    assertThat(catalogue.preset("net").imageSize()).isEqualTo(32);
  }

  @Test
  void listsVariantsByTheirWords() {
    NetworkCatalogue catalogue =
        of(new Named("a", ResNet.class, "net"), new Named("b", DenseNet.class, "se-net"));
    assertThatThrownBy(() -> catalogue.preset("nett"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "name: there is no network 'nett'. Did you mean 'net'? Known are net; some of them"
                + " also after one of the words se-.");
    assertThatThrownBy(() -> of(new Named("a", ResNet.class, "net")).preset("other"))
        .hasMessage("name: there is no network 'other'. Known are net.");
  }

  @Test
  void rejectsConflictingProviders() {
    Named one = new Named("a", ResNet.class, "net");
    assertThatThrownBy(() -> of(one, new Named("a", DenseNet.class, "other")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("network 'a': expected one record, but got ");
    assertThatThrownBy(() -> of(one, new Named("b", DenseNet.class, "net")))
        .hasMessageStartingWith("preset 'net': expected one network, but got a second one from ");
    assertThatThrownBy(() -> of(new Named("a", NotARecord.class, "net")))
        .hasMessageStartingWith("network 'a': expected a record, but got class ");
    PublishedAccuracy other = PublishedAccuracy.imagenet("other", 70, "1512.03385");
    assertThatThrownBy(() -> of(new Named("a", ResNet.class, "net", List.of(other))))
        .hasMessage("published: expected the name of a preset, but got 'other'.");
  }

  @Test
  void presetsHaveAnImageSize() {
    assertThatThrownBy(() -> new PresetList(0))
        .hasMessage("imageSize: expected at least 1, but got 0.");
  }
}
