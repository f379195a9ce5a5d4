package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.Batches;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Real archives in a folder shared/data beside or above the project; skipped without them. */
class SharedDataTest {
  private static Path archive(String name) {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isRegularFile(folder.resolve("shared/data/" + name))) {
      folder = folder.getParent();
    }
    assumeTrue(folder != null, name + " is not here");
    return folder.resolve("shared/data/" + name);
  }

  @Test
  void cifarIsDecodedOnceAndKept() throws IOException {
    try (DataSet data = new ImageArchive(archive("cifar10-test.zip")).open();
        Batches batches =
            new Batches(
                data, PipelineSettings.training(128, 32, 32, Augmentation.padCropFlip(), 0))) {
      assertThat(data.count()).isEqualTo(10_000);
      assertThat(data.classNames()).hasSize(10).startsWith("airplane").endsWith("truck");
      assertThat(data.classCounts()).containsOnly(1000);
      assertThat(data.skipped()).isEmpty();
      assertThat(data.itemName(0)).isEqualTo("test/airplane/0000.jpg");
      assertThat(batches.pipeline.inMemory()).isTrue();
      assertThat(batches.pipeline.batchesPerEpoch()).isEqualTo(78);
      float[] first = batches.epoch(0, 77).get(0).images();
      assertThat(batches.epoch(0, 77).get(0).images()).isEqualTo(first);
    }
  }

  @Test
  void rejectsPhotographsWithoutClassFolders() {
    Path photographs = archive("imagenet-sample.zip");
    assertThatThrownBy(() -> new ImageArchive(photographs).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no class folders: all images (240) are in imagenet-sample/.");
  }
}
