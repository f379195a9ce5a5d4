package dev.recal.savedmodels.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.records.DamagedRecordException;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.ServedNetwork;
import dev.recal.savedmodels.proto.ClassificationResponse;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.proto.PredictResponse;
import dev.recal.savedmodels.proto.PredictionLog;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {

  @TempDir private static Path directory;
  private static ServedNetwork network;
  private static Path version;
  private static byte[] image;

  @BeforeAll
  static void write() throws IOException {
    network = new ServedNetwork();
    image = SampleImage.jpeg(32);
    version =
        network.write(
            SavedModelWriter.plain(), directory.resolve("model"), new WarmUp(List.of(1, 3), image));
  }

  @AfterAll
  static void close() {
    network.close();
  }

  @Test
  void warmsUpEverySignatureWithEveryBatch() throws IOException {
    List<PredictionLog> requests = WarmUp.read(version.resolve(WarmUp.FILE));
    assertThat(requests).hasSize(8);
    assertThat(requests.stream().filter(PredictionLog::hasClassifyLog)).hasSize(2);
    PredictRequest large = requests.get(3).getPredictLog().getRequest();
    assertThat(large.getModelSpec().getSignatureName()).isEqualTo("features");
    assertThat(TensorMessages.read(large.getInputsOrThrow("images")).shape().asArray())
        .containsExactly(3, 8, 8, 3);
    assertThat(Files.size(version.resolve(WarmUp.FILE))).isLessThan(20L * image.length);
  }

  @Test
  void modelFailingItsWarmUpIsNotPublished() {
    Path target = directory.resolve("refused");
    byte[] text = new byte[40];
    assertThatThrownBy(
            () -> network.write(SavedModelWriter.plain(), target, new WarmUp(List.of(1), text)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rejects its own warm-up request 0");
    assertThat(target).doesNotExist();
  }

  @Test
  void limitIsOneThousand() throws IOException {
    assertThatThrownBy(() -> new WarmUp(List.of(), image)).hasMessageContaining("batches");
    assertThatThrownBy(() -> new WarmUp(List.of(0), image)).hasMessageContaining("batches");
    List<Integer> many = Collections.nCopies(251, 1);
    try (Predictor predictor = Predictor.open(version)) {
      assertThatThrownBy(() -> new WarmUp(many, image).requests(predictor.description()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1004");
    }
    Path file = directory.resolve("many");
    PredictionLog one = PredictionLog.getDefaultInstance();
    WarmUp.write(file, IntStream.range(0, 1001).mapToObj(i -> one).toList());
    assertThatThrownBy(() -> WarmUp.read(file)).hasMessageContaining("more than 1000");
  }

  @Test
  void damagedFilesAreDistinguished() throws IOException {
    byte[] bytes = Files.readAllBytes(version.resolve(WarmUp.FILE));
    Path file = directory.resolve("damaged");
    bytes[20] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> WarmUp.read(file)).isInstanceOf(DamagedRecordException.class);
  }

  @Test
  void callsMatchTheServer() throws IOException {
    try (Predictor predictor = Predictor.open(version)) {
      Map<String, TensorValue> files = Map.of("image_bytes", TensorValue.ofBytes(List.of(image)));
      PredictRequest request = PredictionMessages.predict("m", "serving_bytes", files);
      PredictResponse response = PredictionCalls.predict(predictor, request);
      assertThat(response.getModelSpec().getVersion().getValue()).isEqualTo(1);
      assertThat(response.getOutputsMap()).containsOnlyKeys("logits", "probabilities");
      float[] probabilities =
          TensorMessages.read(response.getOutputsOrThrow("probabilities")).floats();

      PredictRequest filtered = request.toBuilder().addOutputFilter("logits").build();
      assertThat(PredictionCalls.predict(predictor, filtered).getOutputsMap())
          .containsOnlyKeys("logits");
      PredictRequest unknown = request.toBuilder().addOutputFilter("logit").build();
      assertThatThrownBy(() -> PredictionCalls.predict(predictor, unknown))
          .hasMessageContaining("but got 'logit'");

      ClassificationResponse classes =
          PredictionCalls.classify(predictor, PredictionMessages.classify("m", List.of(image)));
      assertThat(classes.getResult().getClassifications(0).getClassesList())
          .hasSize(2)
          .allSatisfy(
              best -> {
                int index = ServedNetwork.LABELS.indexOf(best.getLabel());
                assertThat(best.getScore()).isEqualTo(probabilities[index]);
              })
          .isSortedAccordingTo((one, other) -> Float.compare(other.getScore(), one.getScore()));
      assertThatThrownBy(
              () ->
                  PredictionCalls.classify(predictor, PredictionMessages.classify("m", List.of())))
          .hasMessageContaining("at least one example");
    }
  }
}
