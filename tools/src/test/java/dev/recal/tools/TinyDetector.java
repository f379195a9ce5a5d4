package dev.recal.tools;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.graphs.detection.BoxHead;
import dev.recal.graphs.detection.FeaturePyramid;
import dev.recal.graphs.detection.MaskHead;
import dev.recal.graphs.detection.MaskRcnn;
import dev.recal.graphs.detection.ProposalHead;
import dev.recal.graphs.detection.RegionStage;
import dev.recal.graphs.detection.serving.DetectorServable;
import dev.recal.graphs.detection.training.DetectionRecipe;
import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.Servable;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.savedmodels.SavedModelWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * A narrow Mask R-CNN for images of 64×64, with attentive norms in the backbone and in the box head
 * and DRConv in the backbone: untrained as a SavedModel, or as a run of one step; and images.
 */
public final class TinyDetector {

  public static final int SIZE = 64;

  public static final MaskRcnn NETWORK =
      new MaskRcnn(
          Conventions.TORCHVISION,
          DrawnScenes.classNames().size(),
          ResNet.imagenet(18)
              .with()
              .block(ResNet.Block.BASIC, List.of(1, 1, 1, 1))
              .channels(8)
              .spatial(DynamicRegionConv.defaults())
              .attentive(AttentivePlaces.at(NormPlace.BN2).components(List.of(2, 2, 3, 3)))
              .build(),
          new FeaturePyramid(8, 4, FeaturePyramid.Top.SUBSAMPLED, false, Optional.empty()),
          new ProposalHead(8, 1, List.of(4.0)),
          List.of(
              RegionStage.of(
                  new BoxHead(
                      7,
                      8,
                      1,
                      List.of(AttentiveNorm.defaults().groups(2).components(3)),
                      1,
                      8,
                      false),
                  Optional.of(new MaskHead(14, 8, 1, Optional.empty())))));

  private TinyDetector() {}

  private static DetectionRecipe recipe() throws IOException {
    return RecipeJson.read(
            Files.readString(Path.of("../recipes/scenes-mask-rcnn.json")),
            List.of(
                "name=tiny",
                "data.training.count=2",
                "data.evaluation.count=2",
                "data.height=" + SIZE,
                "data.width=" + SIZE,
                "training.batch=2",
                "training.steps=1",
                "training.evaluateEvery=1",
                "detections.candidates=50",
                "detections.maximum=20"),
            DetectionRecipe.class)
        .withNetwork(NETWORK);
  }

  /** Writes an untrained model. */
  public static Path write(Path target) throws IOException {
    DetectionRecipe recipe = recipe();
    try (Graph graph = new Graph()) {
      Servable servable =
          DetectorServable.build(
              graph,
              NETWORK,
              recipe.detections(),
              DrawnScenes.classNames(),
              recipe.data().evaluationAugmentation(),
              new DetectorServable.Size(SIZE, SIZE));
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        JsonObject metadata = new JsonObject();
        metadata.add("recipe", RecipeJson.object(recipe));
        metadata.addProperty("conventions", "torchvision");
        return new SavedModelWriter(metadata, List.of()).write(servable, session, target);
      }
    }
  }

  /** Trains a run of one step. */
  public static CommandResult train(Path run) throws IOException {
    Path file = run.resolveSibling(run.getFileName() + ".json");
    Files.writeString(file, RecipeJson.write(recipe()));
    return CommandResult.of("train", file, "--out", run, "--plain");
  }

  /** Writes a drawn scene as a PNG file of another size than the detector's input. */
  public static Path image(Path file, int index) throws IOException {
    int height = 48;
    int width = 80;
    float[] pixels = DrawnScenes.test().withSize(height, width).pixels(index);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      int colour = 0;
      for (int channel = 0; channel < 3; channel++) {
        colour = colour << 8 | Math.round(255 * pixels[3 * i + channel]);
      }
      image.setRGB(i % width, i / width, colour);
    }
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
