package example;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.models.synthesis.oneshot.OneShotModel;
import java.nio.file.Path;
import java.util.List;

/** Generates four images by a one-shot model, twice as wide as its training image. */
final class OneShotProgram {

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    try (OneShotModel model = OneShotModel.open(Path.of(arguments[0]))) {
      int height = model.pyramid().height();
      int width = 2 * model.pyramid().width();
      List<OneShotImage> images = model.generate(7, 4, height, width, 0);
      for (int i = 0; i < images.size(); i++) {
        PngFiles.write(folder.resolve(i + ".png"), images.get(i)::picture);
      }
      OneShotImage refined = model.refine(images.get(0), 2, 7);
      PngFiles.write(folder.resolve("refined.png"), refined::picture);
    }
  }
}
