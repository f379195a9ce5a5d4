package dev.recal.graphs.data;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.items.ItemReader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A preview of a data set: one row per class, with a few of its images. */
final class ContactSheet {
  private static final int COLUMNS = 8;
  private static final int MAX_ROWS = 20;
  private static final int TILE = 64;
  private static final int GAP = 4;

  private ContactSheet() {}

  static void write(DataSet data, Path png) throws IOException {
    int strata = 1 + IntStream.range(0, data.count()).map(data::stratum).max().orElse(0);
    int rows = Math.min(MAX_ROWS, strata);
    BufferedImage sheet =
        new BufferedImage(
            GAP + COLUMNS * (TILE + GAP), GAP + rows * (TILE + GAP), BufferedImage.TYPE_INT_RGB);
    try (ItemReader reader = new ItemReader(data.images(), TILE)) {
      for (int row = 0; row < rows; row++) {
        List<Integer> chosen = spread(data, row);
        for (int column = 0; column < chosen.size(); column++) {
          int[] pixels = reader.read(data.itemOf(chosen.get(column)));
          int x = GAP + column * (TILE + GAP);
          int y = GAP + row * (TILE + GAP);
          sheet.setRGB(x, y, TILE, TILE, pixels, 0, TILE);
        }
      }
    }
    save(sheet, png);
  }

  /** One image as a square PNG file. */
  static void writeItem(DataSet data, int index, int side, Path png) throws IOException {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    try (ItemReader reader = new ItemReader(data.images(), side)) {
      picture.setRGB(0, 0, side, side, reader.read(data.itemOf(index)), 0, side);
    }
    save(picture, png);
  }

  private static void save(BufferedImage picture, Path png) throws IOException {
    PngFiles.write(png, () -> picture);
  }

  /** Images of one class, evenly spread over it. */
  private static List<Integer> spread(DataSet data, int label) {
    int[] members =
        IntStream.range(0, data.count()).filter(i -> data.stratum(i) == label).toArray();
    int count = Math.min(COLUMNS, members.length);
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(members[(int) ((long) i * members.length / count)]);
    }
    return chosen;
  }
}
