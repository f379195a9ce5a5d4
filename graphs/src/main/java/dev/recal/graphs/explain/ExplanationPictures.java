package dev.recal.graphs.explain;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.explain.PanelGrid.Panel;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Draws explanations of single images into PNG files. */
public final class ExplanationPictures {

  private static final int SIDE = 224;
  private static final int COLUMNS = 4;
  private static final int CELL_WIDTH = 40;
  private static final int CELL_HEIGHT = 24;
  private static final PanelGrid.Scale ZERO_TO_ONE = new PanelGrid.Scale("0", "1");

  private final List<String> labels;

  /**
   * Draws pictures with class names.
   *
   * @param labels in the order of the logits
   */
  public ExplanationPictures(List<String> labels) {
    this.labels = List.copyOf(labels);
  }

  /**
   * Writes {@code NAME-gradcam.png} and, if the network publishes such values, {@code
   * NAME-regions.png} (DRConv), {@code NAME-masks.png} (SLIM), {@code NAME-gates.png} (spatial
   * gates) and {@code NAME-mixture.png} (weights of mixtures).
   *
   * @return the written files
   * @throws java.io.UncheckedIOException if a picture cannot be written
   */
  public List<Path> write(Explanation explanation, Path directory, String name) {
    List<Path> written = new ArrayList<>();
    add(written, directory, name + "-gradcam", cam(explanation, scale(explanation.pixels())));
    written.addAll(write(explanation.pixels(), explanation.inner(), directory, name));
    return written;
  }

  /**
   * Writes the same files except {@code NAME-gradcam.png}.
   *
   * @param pixels the image as the network saw it, three planes: red, green, blue, from 0 to 1
   * @param inner the values published by the layers
   * @return the written files
   * @throws java.io.UncheckedIOException if a picture cannot be written
   */
  public static List<Path> write(
      List<Plane> pixels, List<InnerValue> inner, Path directory, String name) {
    List<Path> written = new ArrayList<>();
    int scale = scale(pixels);
    add(
        written,
        directory,
        name + "-regions",
        maps(
            inner,
            "regions",
            "DRConv regions: the filter at each position, and its share of the positions",
            Optional.empty(),
            value -> regions(pixels, value, scale)));
    add(
        written,
        directory,
        name + "-masks",
        maps(
            inner,
            "masks",
            "SLIM masks, one panel per group",
            Optional.of(ZERO_TO_ONE),
            value -> masks(pixels, value, scale)));
    add(
        written,
        directory,
        name + "-gates",
        maps(
            inner,
            "gate",
            "Spatial gates, averaged over the channels",
            Optional.of(ZERO_TO_ONE),
            value -> gate(pixels, value, scale)));
    add(written, directory, name + "-mixture", mixtures(inner));
    return written;
  }

  private static int scale(List<Plane> pixels) {
    return Math.max(1, SIDE / pixels.get(0).height());
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
        Optional.of(new PanelGrid.Scale("0", "maximum of the map")),
        List.of(
            new Panel("as the network sees it", Overlays.image(pixels, scale)),
            new Panel(about, Overlays.heat(pixels, cam, cam.max(), scale))),
        2);
  }

  private static PanelGrid maps(
      List<InnerValue> inner,
      String word,
      String title,
      Optional<PanelGrid.Scale> scale,
      Function<InnerValue, List<Panel>> draw) {
    List<Panel> panels =
        inner.stream()
            .filter(value -> value.word().equals(word) && value.isMap())
            .flatMap(value -> draw.apply(value).stream())
            .toList();
    return new PanelGrid(title, scale, panels, COLUMNS);
  }

  private static List<Panel> regions(List<Plane> pixels, InnerValue value, int scale) {
    Plane chosen = value.plane(0);
    SortedMap<Integer, Integer> places = new TreeMap<>();
    for (float region : chosen.values()) {
      places.merge((int) region, 1, Integer::sum);
    }
    List<PanelGrid.Key> keys =
        places.entrySet().stream()
            .map(
                entry ->
                    new PanelGrid.Key(
                        Overlays.region(entry.getKey()),
                        entry.getKey() + ": " + share(entry.getValue(), chosen)))
            .toList();
    BufferedImage picture = Overlays.regions(pixels, chosen, scale);
    String name = value.layer() + ", " + chosen.height() + "×" + chosen.width();
    return List.of(new Panel(name, PanelGrid.withKeys(picture, keys)));
  }

  private static String share(int places, Plane map) {
    double percent = 100.0 * places / map.values().length;
    return percent < 1 ? "<1 %" : String.format(Locale.ROOT, "%.0f %%", percent);
  }

  private static List<Panel> masks(List<Plane> pixels, InnerValue value, int scale) {
    List<Panel> panels = new ArrayList<>();
    for (int group = 0; group < value.shape().get(2); group++) {
      BufferedImage picture = Overlays.blocks(pixels, value.plane(group), scale);
      panels.add(new Panel(value.layer() + ", group " + group, picture));
    }
    return panels;
  }

  private static List<Panel> gate(List<Plane> pixels, InnerValue value, int scale) {
    Plane mean = value.mean();
    return List.of(new Panel(value.layer(), Overlays.blocks(pixels, mean, scale)));
  }

  // One row of cells per layer; hot cells have a large weight.
  private static PanelGrid mixtures(List<InnerValue> inner) {
    List<Panel> panels =
        inner.stream()
            .filter(value -> value.word().equals("attention") && value.isVector())
            .map(value -> new Panel(value.layer(), cells(value.values())))
            .toList();
    return new PanelGrid(
        "Mixture weights of each attentive norm, by component",
        Optional.of(ZERO_TO_ONE),
        panels,
        1);
  }

  private static BufferedImage cells(float[] values) {
    BufferedImage row =
        new BufferedImage(CELL_WIDTH * values.length, CELL_HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = row.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setFont(Palette.font(12));
      for (int i = 0; i < values.length; i++) {
        graphics.setColor(new Color(Overlays.heat(values[i])));
        graphics.fillRect(i * CELL_WIDTH, 0, CELL_WIDTH, CELL_HEIGHT);
        graphics.setColor(values[i] < 0.6f ? Color.WHITE : Color.BLACK);
        String text = String.format(Locale.ROOT, "%.2f", values[i]);
        graphics.drawString(text, i * CELL_WIDTH + 8, CELL_HEIGHT - 8);
      }
    } finally {
      graphics.dispose();
    }
    return row;
  }
}
