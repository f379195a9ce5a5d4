package dev.recal.models.weights;

import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors of a safetensors file. */
final class SafetensorsTensors implements TensorFile {

  private final Path path;
  private final SafetensorsFile file;

  private SafetensorsTensors(Path path, SafetensorsFile file) {
    this.path = path;
    this.file = file;
  }

  static SafetensorsTensors open(Path path) throws IOException {
    return new SafetensorsTensors(path, SafetensorsFile.open(path));
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public Map<String, Info> tensors() {
    Map<String, Info> infos = new LinkedHashMap<>();
    file.header()
        .tensors()
        .forEach(
            (name, entry) -> {
              boolean real =
                  switch (entry.type()) {
                    case F64, F32, F16, BF16 -> true;
                    default -> false;
                  };
              infos.put(name, new Info(entry.type().name(), real, entry.shape()));
            });
    return Collections.unmodifiableMap(infos);
  }

  @Override
  public float[] floats(String tensor) throws IOException {
    TensorValue value = file.read(tensor);
    if (value.type() == ElementType.FLOAT64) {
      double[] wide = value.doubles();
      float[] narrow = new float[wide.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) wide[i];
      }
      return narrow;
    }
    return value.floats();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
