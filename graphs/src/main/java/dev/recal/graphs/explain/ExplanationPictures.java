package dev.recal.graphs.explain;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.explain.PanelGrid.Panel;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Draws explanations of single images into PNG files. */
public final class ExplanationPictures {

  private static final int SIDE = 224;
  private static final int COLUMNS = 4;
  private static final int CELL = 22;

  private final List<String> labels;

  /**
   * Pictures that call classes by name.
   *
   * @param labels in the order of the logits
   */
  public ExplanationPictures(List<String> labels) {
    this.labels = List.copyOf(labels);
  }

  /**
   * Writes {@code NAME-gradcam.png} and, as far as the network publishes such values, {@code
   * NAME-regions.png} (DRConv), {@code NAME-masks.png} (SLIM), {@code NAME-gates.png} (gates that
   * differ from place to place) and {@code NAME-mixture.png} (weights of mixtures).
   *
   * @return what was written
   * @throws java.io.UncheckedIOException if a picture cannot be written
   */
  public List<Path> write(Explanation explanation, Path directory, String name) {
    List<Path> written = new ArrayList<>();
    int scale = Math.max(1, SIDE / explanation.pixels().get(0).height());
    add(written, directory, name + "-gradcam", cam(explanation, scale));
    add(
        written,
        directory,
        name + "-regions",
        maps(
            explanation,
            "regions",
            "Regions that DRConv chose",
            value -> regions(explanation, value, scale)));
    add(
        written,
        directory,
        name + "-masks",
        maps(
            explanation,
            "masks",
            "SLIM's masks, a panel for each group",
            value -> masks(explanation, value, scale)));
    add(
        written,
        directory,
        name + "-gates",
        maps(
            explanation,
            "gate",
            "Gates by place, mean of the channels",
            value -> gate(explanation, value, scale)));
    add(written, directory, name + "-mixture", mixtures(explanation));
    return written;
  }

  private static void add(List<Path> written, Path directory, String name, PanelGrid grid) {
    if (!grid.panels().isEmpty()) {
      Path file = directory.resolve(name + ".png");
      PngFiles.write(file, grid::draw);
      written.add(file);
    }
  }

  private PanelGrid cam(Explanation explanation, int scale) {
    List<Plane> pixels = explanation.pixels();
    String title =
        String.format(
            Locale.ROOT,
            "%s, %.1f %%",
            labels.get(explanation.predicted()),
            100 * explanation.probability());
    String about = "Grad-CAM for " + labels.get(explanation.explained());
    Plane cam = explanation.cam();
    return new PanelGrid(
        title,
        List.of(
            new Panel("as the network sees it", Overlays.image(pixels, scale)),
            new Panel(about, Overlays.heat(pixels, cam, cam.max(), scale))),
        2);
  }

  private static PanelGrid maps(
      Explanation explanation, String word, String title, Function<InnerValue, List<Panel>> draw) {
    List<Panel> panels =
        explanation.inner().stream()
            .filter(value -> value.word().equals(word) && value.isMap())
            .flatMap(value -> draw.apply(value).stream())
            .toList();
    return new PanelGrid(title, panels, COLUMNS);
  }

  private static List<Panel> regions(Explanation explanation, InnerValue value, int scale) {
    BufferedImage picture = Overlays.regions(explanation.pixels(), value.plane(0), scale);
    return List.of(new Panel(value.layer(), picture));
  }

  private static List<Panel> masks(Explanation explanation, InnerValue value, int scale) {
    List<Panel> panels = new ArrayList<>();
    for (int group = 0; group < value.shape().get(2); group++) {
      BufferedImage picture = Overlays.heat(explanation.pixels(), value.plane(group), 1, scale);
      panels.add(new Panel(value.layer() + ", group " + group, picture));
    }
    return panels;
  }

  private static List<Panel> gate(Explanation explanation, InnerValue value, int scale) {
    Plane mean = value.mean();
    return List.of(new Panel(value.layer(), Overlays.heat(explanation.pixels(), mean, 1, scale)));
  }

  // A row of cells for each layer, hot where a component weighs much.
  private static PanelGrid mixtures(Explanation explanation) {
    List<Panel> panels =
        explanation.inner().stream()
            .filter(value -> value.word().equals("attention") && value.isVector())
            .map(value -> new Panel(value.layer(), cells(value.values())))
            .toList();
    return new PanelGrid("Weights of the mixture of each attentive norm, 0 to 1", panels, 1);
  }

  private static BufferedImage cells(float[] values) {
    BufferedImage row = new BufferedImage(CELL * values.length, CELL, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < row.getWidth(); x++) {
      for (int y = 0; y < CELL; y++) {
        row.setRGB(x, y, Overlays.heat(values[x / CELL]));
      }
    }
    return row;
  }
}
