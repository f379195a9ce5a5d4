package dev.recal.graphs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

class ExplainerTest {

  private static final int SIZE = 16;
  private static final List<String> LABELS = List.of("ant", "bee", "cow");

  @TempDir Path directory;

  private static byte[] photograph() throws IOException {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        image.setRGB(x, y, new Color(x * 15, y * 15, x < y ? 200 : 30).getRGB());
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static Network network(String preset) {
    ResNet net = (ResNet) Networks.named(preset);
    return net.with().block(ResNet.Block.BASIC, List.of(1, 1, 1)).classes(3).build();
  }

  /** Initial values as a checkpoint, with the resulting last map and the head's weights. */
  private record Reference(float[] map, int channels, float[] kernel) {}

  private Reference initialise(Network network, float[] pixels) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 3);
      BuildContext context = BuildContext.of(store, Tower.serving());
      Operand<TFloat32> images =
          context.tf().constant(Shape.of(1, SIZE, SIZE, 3), DataBuffers.of(pixels));
      NetworkOutput output = network.build(context, images);
      Saver saver = Saver.add(GraphScope.ops(graph), "checkpoint", store.all());
      Variable<?> kernel = store.find("head/dense/kernel").orElseThrow();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        saver.save(session, directory.resolve("weights").toString());
        var map = output.stages().get("stage3");
        try (var result = session.runner().fetch(map.map()).fetch(kernel.read()).run()) {
          return new Reference(
              values((TFloat32) result.get(0)), map.channels(), values((TFloat32) result.get(1)));
        }
      }
    }
  }

  private static float[] values(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }

  private Explainer explainer(Network network) throws IOException {
    return new Explainer(
        network,
        Augmentation.none(),
        SIZE,
        SIZE,
        new InitialWeights(directory.resolve("weights").toString(), "", false));
  }

  @Test
  void gradCamOfPoolingAndDenseLayerIsTheClassActivationMap() throws IOException {
    Network network = network("srm-resnet20-cifar");
    float[] pixels = new float[SIZE * SIZE * 3];
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(photograph()));
    for (int i = 0; i < SIZE * SIZE; i++) {
      float[] rgb = new Color(image.getRGB(i % SIZE, i / SIZE)).getRGBColorComponents(null);
      System.arraycopy(rgb, 0, pixels, 3 * i, 3);
    }
    Reference reference = initialise(network, pixels);
    try (Explainer explainer = explainer(network)) {
      Explanation explanation = explainer.explain(photograph(), OptionalInt.of(1));
      assertThat(explanation.explained()).isEqualTo(1);
      assertThat(explanation.probability()).isBetween(1f / 3, 1f);
      assertThat(explanation.pixels().get(1).values()[SIZE]).isCloseTo(15f / 255, within(1e-6f));
      // Zhou et al. 2016: with a mean and a dense layer behind the map, α is the layer's weight /
      // HW.
      int places = explanation.cam().values().length;
      assertThat(places).isEqualTo(16);
      for (int place = 0; place < places; place++) {
        double sum = 0;
        for (int c = 0; c < reference.channels; c++) {
          sum += reference.map[place * reference.channels + c] * reference.kernel[c * 3 + 1];
        }
        assertThat((double) explanation.cam().values()[place])
            .isCloseTo(Math.max(0, sum / places), within(1e-5));
      }
      assertThat(explainer.explain(photograph(), OptionalInt.empty()).explained())
          .isEqualTo(explanation.predicted());
      assertThatThrownBy(() -> explainer.explain(new byte[] {1, 2, 3}, OptionalInt.empty()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "srm-resnet20-cifar",
        "drconv-resnet20-cifar",
        "slim-mask-resnet20-cifar",
        "an-resnet20-cifar"
      })
  void drawsPublishedValues(String preset) throws IOException {
    Network network = network(preset);
    initialise(network, new float[SIZE * SIZE * 3]);
    try (Explainer explainer = explainer(network)) {
      Explanation explanation = explainer.explain(photograph(), OptionalInt.empty());
      List<Path> written =
          new ExplanationPictures(LABELS).write(explanation, directory.resolve("out"), "photo");
      GateHistograms gates = new GateHistograms();
      gates.add("ant", explanation.inner());
      Set<String> names =
          written.stream().map(file -> file.getFileName().toString()).collect(Collectors.toSet());
      String module = preset.substring(0, preset.indexOf("-resnet"));
      String own =
          switch (module) {
            case "drconv" -> "photo-regions.png";
            case "slim-mask" -> "photo-masks.png";
            case "an" -> "photo-mixture.png";
            default -> "photo-gradcam.png";
          };
      assertThat(names)
          .isEqualTo(List.of("photo-gradcam.png", own).stream().collect(Collectors.toSet()));
      for (Path file : written) {
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(distinctColours(picture)).as(file.toString()).isGreaterThan(20);
      }
      assertThat(gates.isEmpty()).isEqualTo(!module.equals("srm"));
      if (!gates.isEmpty()) {
        gates.draw(directory.resolve("gates.png"));
        assertThat(ImageIO.read(directory.resolve("gates.png").toFile()).getWidth())
            .isGreaterThan(1000);
      }
    }
  }

  private static long distinctColours(BufferedImage picture) {
    int[] pixels =
        picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
    return Arrays.stream(pixels).distinct().count();
  }

  @Test
  void regionsHaveTheColoursOfTheirKeys() {
    Plane dark = new Plane(2, 2, new float[4]);
    Plane regions = new Plane(2, 2, new float[] {0, 3, 1, 7});
    BufferedImage picture = Overlays.regions(List.of(dark, dark, dark), regions, 4);
    for (int place = 0; place < 4; place++) {
      float[] shown = hue(picture.getRGB(place % 2 * 4 + 2, place / 2 * 4 + 2));
      float[] key = hue(Overlays.region((int) regions.values()[place]));
      assertThat(shown[0]).isCloseTo(key[0], within(0.01f));
    }
    PanelGrid.Key key = new PanelGrid.Key(Overlays.region(3), "3: 25 %");
    BufferedImage explained = PanelGrid.withKeys(picture, List.of(key, key));
    assertThat(explained.getHeight()).isGreaterThan(picture.getHeight() + 30);
    assertThat(explained.getRGB(2, picture.getHeight() + 8) & 0xFFFFFF).isEqualTo(key.rgb());
  }

  private static float[] hue(int rgb) {
    return Color.RGBtoHSB(rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF, null);
  }

  @Test
  void masksLieInBlocksOverTheImageInGrey() {
    Plane half = new Plane(1, 2, new float[] {0.5f, 0.5f});
    Plane none = new Plane(1, 2, new float[2]);
    Plane mask = new Plane(1, 2, new float[] {0, 1});
    float grey = 0.299f * 0.5f;
    Plane same = new Plane(1, 2, new float[] {grey, grey});
    BufferedImage ofRed = Overlays.blocks(List.of(half, none, none), mask, 8);
    BufferedImage ofGrey = Overlays.blocks(List.of(same, same, same), mask, 8);
    for (int x = 0; x < 16; x++) {
      assertThat(ofRed.getRGB(x, 4)).as("column " + x).isEqualTo(ofGrey.getRGB(x, 4));
      assertThat(ofRed.getRGB(x, 4)).isEqualTo(ofRed.getRGB(x < 8 ? 0 : 15, 0));
    }
    assertThat(new Color(ofRed.getRGB(15, 4)).getRed())
        .isGreaterThan(new Color(ofRed.getRGB(0, 4)).getRed() + 100);
  }

  @Test
  void planesAreReadBetweenTheirCentres() {
    Plane plane = new Plane(1, 2, new float[] {0, 4});
    float[] row = new float[8];
    for (int x = 0; x < row.length; x++) {
      row[x] = plane.smooth(0, x, 1, 8);
    }
    assertThat(row).containsExactly(0, 0, 0.5f, 1.5f, 2.5f, 3.5f, 4, 4);
    assertThat(plane.nearest(0, 3, 1, 8)).isZero();
    assertThat(plane.nearest(0, 4, 1, 8)).isEqualTo(4);
    assertThat(Overlays.heat(-1)).isEqualTo(Overlays.heat(0));
    assertThat(String.format(Locale.ROOT, "%06x", Overlays.heat(2))).isEqualTo("fcffa4");
  }
}
