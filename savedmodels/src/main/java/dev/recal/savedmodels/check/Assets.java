package dev.recal.savedmodels.check;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.ops.records.UntrustedMessages;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.MetaGraphDef;

/** The files that a graph reads during initialisation. */
public final class Assets {

  private static final String COLLECTION = "saved_model_assets";

  private Assets() {}

  /**
   * A file and the tensor for its path.
   *
   * @param tensor of strings
   * @param file relative to the directory {@code assets}
   */
  public record Asset(String tensor, String file) {}

  /** Lists them, in the format of TensorFlow 2 if present, otherwise of TensorFlow 1. */
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

  // An unreadable entry is kept without a name, which the check of names rejects.
  private static AssetFileDef unpacked(Any any) {
    try {
      return UntrustedMessages.parse(AssetFileDef.parser(), any.getValue());
    } catch (InvalidProtocolBufferException e) {
      return AssetFileDef.getDefaultInstance();
    }
  }
}
