package dev.recal.models.features;

import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/** The tensors of published LPIPS weights, by role. */
final class LpipsWeights implements AutoCloseable {

  private final List<Path> paths;
  private final List<SafetensorsFile> files = new ArrayList<>();

  private LpipsWeights(List<Path> paths) {
    this.paths = List.copyOf(paths);
  }

  static LpipsWeights open(List<Path> paths) throws IOException {
    LpipsWeights weights = new LpipsWeights(paths);
    try {
      for (Path path : paths) {
        weights.files.add(SafetensorsFile.open(path));
      }
      return weights;
    } catch (IOException e) {
      weights.close();
      throw e;
    }
  }

  /** (H, W, in, out), from PyTorch's (out, in, H, W). */
  float[] kernel(LpipsBackbone.Layer layer) throws IOException {
    int size = layer.kernel();
    float[] torch =
        read(
            layer(layer, "weight"),
            name(layer, "weight"),
            Shape.of(layer.out(), layer.in(), size, size));
    float[] kernel = new float[torch.length];
    int from = 0;
    for (int out = 0; out < layer.out(); out++) {
      for (int in = 0; in < layer.in(); in++) {
        for (int place = 0; place < size * size; place++) {
          kernel[(place * layer.in() + in) * layer.out() + out] = torch[from++];
        }
      }
    }
    return kernel;
  }

  float[] bias(LpipsBackbone.Layer layer) throws IOException {
    return read(layer(layer, "bias"), name(layer, "bias"), Shape.of(layer.out()));
  }

  float[] linear(int number, int channels) throws IOException {
    return read(
        Pattern.compile("(.+\\.)?(lin" + number + "|lins\\." + number + ")\\.model\\.1\\.weight"),
        "lin" + number + ".model.1.weight",
        Shape.of(1, channels, 1, 1));
  }

  private static Pattern layer(LpipsBackbone.Layer layer, String what) {
    return Pattern.compile(
        "(.+\\.)?(features|(net\\.)?slice[1-5])\\." + layer.index() + "\\." + what);
  }

  private static String name(LpipsBackbone.Layer layer, String what) {
    return "features." + layer.index() + "." + what;
  }

  // The names of torchvision and of the lpips package, with any prefix.
  private float[] read(Pattern name, String published, Shape shape) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Optional<String> found =
          files.get(i).header().tensors().keySet().stream()
              .filter(tensor -> name.matcher(tensor).matches())
              .findFirst();
      if (found.isPresent()) {
        TensorValue value = files.get(i).read(found.get());
        if (!value.shape().equals(shape)) {
          throw new IOException(
              "The tensor "
                  + found.get()
                  + " in "
                  + paths.get(i)
                  + ": expected shape "
                  + shape
                  + ", but got "
                  + value.shape()
                  + ".");
        }
        return value.floats();
      }
    }
    throw new IOException(
        "There is no tensor " + published + ", with or without a prefix, in " + paths + ".");
  }

  @Override
  public void close() throws IOException {
    for (SafetensorsFile file : files) {
      file.close();
    }
  }
}
