package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.classification.Classifier;
import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.objective.NumberScales;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.objective.Outputs;
import dev.recal.graphs.task.ServableModel;
import dev.recal.ops.Servable;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.runtime.Graphs;
import dev.recal.savedmodels.SavedModelWriter;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** The page in a real browser; skipped if there is none. Screenshots go to RECAL_SCREENSHOTS. */
@Timeout(180)
class PageTest {

  private static final String DROP =
      """
      (() => {
        const bytes = Uint8Array.from(atob('%s'), c => c.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], '%s', {type: 'image/png'}));
        document.getElementById('drop').dispatchEvent(
          new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
        return '';
      })()
      """;

  @TempDir private Path directory;

  @Test
  void droppedImageShowsClassesAndInnerValues() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "There is no Chromium here.");
    Path model = model();
    try (ModelServer server = ModelServer.start(model, ServeSettings.defaults().withName("mixed"));
        Browser browser = new Browser(program.get(), directory.resolve("profile"))) {
      browser.resize(1000, 900, false);
      browser.open(server.uri());
      browser.await("document.getElementById('about')?.textContent");
      assertThat(browser.evaluate("document.title")).isEqualTo("mixed · Recal");
      browser.evaluate(DROP.formatted(Base64.getEncoder().encodeToString(image()), "drawing.png"));
      browser.await("!document.getElementById('inside').hidden");
      assertThat(browser.evaluate("document.querySelectorAll('#classes li').length"))
          .isEqualTo("3");
      assertThat(browser.evaluate("document.getElementById('classes').innerText"))
          .contains("round", "square", "striped", "\u00a0%");
      assertThat(browser.evaluate("document.getElementById('groups').innerText"))
          .contains("DRConv regions", "Gates by channel", "Mixture weights");
      assertThat(browser.evaluate(PAINTED)).isEqualTo("true");
      assertFits(browser);
      save("page-desktop.png", browser.screenshot());

      String maps = browser.evaluate(PICTURES);
      browser.evaluate(FADE.formatted("0"));
      assertThat(browser.evaluate(PICTURES)).isNotEqualTo(maps);
      browser.evaluate(FADE.formatted("0.7"));
      assertThat(browser.evaluate(PICTURES)).isEqualTo(maps);

      browser.resize(390, 844, true);
      assertFits(browser);
      save("page-phone.png", browser.screenshot());

      byte[] noImage = "no image".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      assertThat(browser.complaints()).isEmpty();
      browser.evaluate(DROP.formatted(Base64.getEncoder().encodeToString(noImage), "bad.png"));
      browser.await("document.getElementById('message').className === 'error'");
      assertThat(browser.evaluate("document.getElementById('message').textContent"))
          .startsWith("The model could not use bad.png.")
          .contains(
              "What the server says", "signature 'serving_bytes' cannot be computed from them");
    }
  }

  @Test
  void manyImagesAreAskedAboutAndChosenByKeyboard() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "There is no Chromium here.");
    Path model = model();
    try (ModelServer server = ModelServer.start(model, ServeSettings.defaults().withName("mixed"));
        Browser browser = new Browser(program.get(), directory.resolve("profile"))) {
      browser.resize(1000, 900, false);
      browser.open(server.uri());
      browser.await("document.getElementById('about')?.textContent");
      String image = Base64.getEncoder().encodeToString(image());
      browser.evaluate(DROP_THREE.formatted(image));
      browser.await("document.getElementById('progress').textContent === '3 of 3 images'");
      assertThat(browser.evaluate("document.getElementById('pictures').innerText"))
          .contains("a.png", "b.png", "c.png", "\u00a0%", "not answered");
      assertThat(browser.evaluate("document.getElementById('file-name').textContent"))
          .startsWith("a.png");
      assertFits(browser);
      browser.evaluate("document.querySelectorAll('#pictures button')[1].focus()");
      save("page-many.png", browser.screenshot());
      browser.evaluate("document.querySelectorAll('#pictures button')[1].click()");
      browser.await("document.getElementById('file-name').textContent.startsWith('b.png')");
      browser.await("!document.getElementById('inside').hidden");
      assertThat(browser.evaluate(FOCUS_ORDER))
          .isEqualTo("file, a.png, b.png, c.png, fade, SUMMARY");
      browser.resize(390, 844, true);
      assertFits(browser);
      save("page-many-phone.png", browser.screenshot());
    }
  }

  @Test
  void severalClassesAndNumbersAreShownAsWhatTheyAre() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "There is no Chromium here.");
    Outputs several = new Outputs(OutputKind.SEVERAL_CLASSES, Optional.empty());
    // Deviations of 0 make the answers known.
    NumberScales scales = new NumberScales(List.of(31.25, -2e6), List.of(1e-12, 1e-6));
    Outputs numbers = new Outputs(OutputKind.NUMBERS, Optional.of(scales));
    write(several, List.of("indoors", "people", "night"), "photos/several/1");
    write(numbers, List.of("age", "weight"), "photos/numbers/1");
    for (String name : List.of("several", "numbers")) {
      Path model = directory.resolve("photos").resolve(name);
      try (ModelServer server = ModelServer.start(model, ServeSettings.defaults());
          Browser browser = new Browser(program.get(), directory.resolve("profile-" + name))) {
        browser.resize(1000, 900, false);
        browser.open(server.uri());
        browser.await("document.getElementById('about')?.textContent");
        String image = Base64.getEncoder().encodeToString(image());
        browser.evaluate(DROP.formatted(image, "drawing.png"));
        browser.await("!document.getElementById('answer').hidden");
        String about = browser.evaluate("document.getElementById('about').textContent");
        String shown = browser.evaluate("document.getElementById('answer').innerText");
        String bars = browser.evaluate("document.querySelectorAll('#classes progress').length");
        browser.evaluate(DROP_THREE.formatted(image));
        browser.await("document.getElementById('progress').textContent === '3 of 3 images'");
        String words = browser.evaluate("document.querySelector('#pictures .answer').textContent");
        if (name.equals("several")) {
          assertThat(about).isEqualTo("version 1, 3 classes");
          assertThat(shown).contains("Classes, each by itself", "indoors", "people", "night");
          assertThat(bars).isEqualTo("3");
          assertThat(words).matches("none of the classes|(indoors|people|night)(, [a-z]+)*");
        } else {
          assertThat(about).isEqualTo("version 1, 2 numbers");
          assertThat(shown).contains("Numbers").doesNotContain("%");
          assertThat(shown.replaceAll("\\s+", " ")).contains("age 31.25 weight -2000000");
          assertThat(bars).isEqualTo("0");
          assertThat(words).isEqualTo("age 31.25, weight -2000000");
        }
        assertFits(browser);
        save("page-" + name + ".png", browser.screenshot());
      }
    }
  }

  private void write(Outputs outputs, List<String> names, String target) throws IOException {
    Classifier classifier =
        new Classifier(
            ResNet.cifar(8).withClasses(names.size()), names, Augmentation.none(), 32, outputs);
    try (Graph graph = Graphs.create()) {
      ServableModel model = ClassificationTask.servable(graph, classifier, false);
      try (Session session = new Session(graph)) {
        model.servable().store().initialize(session);
        new SavedModelWriter(model.metadata(), List.of())
            .write(model.servable(), session, directory.resolve(target));
      }
    }
  }

  // The last of the three is not an image.
  private static final String DROP_THREE =
      """
      (() => {
        const bytes = Uint8Array.from(atob('%s'), c => c.charCodeAt(0));
        const transfer = new DataTransfer();
        ['a.png', 'b.png'].forEach(name =>
          transfer.items.add(new File([bytes], name, {type: 'image/png'})));
        transfer.items.add(new File(['no image'], 'c.png', {type: 'image/png'}));
        document.getElementById('drop').dispatchEvent(
          new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
        return '';
      })()
      """;

  // What the keyboard reaches, in the order of the page.
  private static final String FOCUS_ORDER =
      """
      [...document.querySelectorAll('a, button, input, select, summary')]
        .filter(e => !e.closest('[hidden]') && e.getClientRects().length)
        .filter(e => !e.matches('a'))
        .map(e => e.id || e.querySelector('.name')?.textContent || e.tagName).join(', ')
      """;

  private static final String FADE =
      """
      (() => {
        const fade = document.getElementById('fade');
        fade.value = '%s';
        fade.dispatchEvent(new Event('input'));
        return '';
      })()
      """;

  private static final String PICTURES =
      """
      [...document.querySelectorAll('#groups .panels:not(.wide) canvas')]
        .map(canvas => canvas.toDataURL()).join(' ')
      """;

  // Every canvas that is shown has more than one colour.
  private static final String PAINTED =
      """
      [...document.querySelectorAll('canvas')].filter(c => !c.closest('[hidden]')).every(canvas => {
        const data = new Uint32Array(canvas.getContext('2d')
          .getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        return data.some(pixel => pixel !== data[0]);
      })
      """;

  private static void assertFits(Browser browser) {
    assertThat(browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
        .as("nothing is wider than the window")
        .isEqualTo("true");
  }

  private static void save(String name, byte[] picture) throws IOException {
    String target = System.getenv("RECAL_SCREENSHOTS");
    if (target != null) {
      Files.write(Files.createDirectories(Path.of(target)).resolve(name), picture);
    }
  }

  private Path model() throws IOException {
    try (Graph graph = new Graph()) {
      ResNet network =
          ResNet.cifar(8)
              .with()
              .classes(3)
              .recalibration(SqueezeExcitation.defaults())
              .spatial(DynamicRegionConv.defaults())
              .attentive(AttentivePlaces.at(NormPlace.BN2).components(List.of(4, 4, 6)))
              .build();
      Servable servable =
          ClassifierServable.build(
              graph, network, List.of("round", "square", "striped"), Augmentation.none(), 32, 32);
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        return new SavedModelWriter(new JsonObject(), List.of())
            .write(servable, session, directory.resolve("mixed"));
      }
    }
  }

  private static byte[] image() throws IOException {
    BufferedImage image = new BufferedImage(480, 360, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setPaint(new GradientPaint(0, 0, new Color(40, 90, 120), 480, 360, Color.ORANGE));
    graphics.fillRect(0, 0, 480, 360);
    graphics.setColor(new Color(245, 240, 220));
    graphics.fillOval(150, 70, 190, 190);
    graphics.setColor(new Color(160, 40, 60));
    for (int i = 0; i < 6; i++) {
      graphics.fillRect(30 + 75 * i, 280, 40, 60);
    }
    graphics.dispose();
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
      ImageIO.write(image, "png", bytes);
      return bytes.toByteArray();
    }
  }
}
