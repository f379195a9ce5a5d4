package dev.recal.savedmodels.check;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.MetaGraphDef;

/** The files that a graph reads when it is initialised. */
public final class Assets {

  private static final String COLLECTION = "saved_model_assets";

  private Assets() {}

  /**
   * A file and the tensor that takes its path.
   *
   * @param tensor of strings
   * @param file relative to the directory {@code assets}
   */
  public record Asset(String tensor, String file) {}

  /** Lists them, as TensorFlow 2 writes them, else as TensorFlow 1 does. */
  public static List<Asset> of(MetaGraphDef graph) {
    List<AssetFileDef> definitions = new ArrayList<>(graph.getAssetFileDefList());
    if (definitions.isEmpty() && graph.containsCollectionDef(COLLECTION)) {
      for (Any any : graph.getCollectionDefOrThrow(COLLECTION).getAnyList().getValueList()) {
        definitions.add(unpacked(any));
      }
    }
    return definitions.stream()
        .map(asset -> new Asset(asset.getTensorInfo().getName(), asset.getFilename()))
        .toList();
  }

  // One that cannot be read is kept without a name, which the check of names refuses.
  private static AssetFileDef unpacked(Any any) {
    try {
      return AssetFileDef.parseFrom(any.getValue());
    } catch (InvalidProtocolBufferException e) {
      return AssetFileDef.getDefaultInstance();
    }
  }
}
