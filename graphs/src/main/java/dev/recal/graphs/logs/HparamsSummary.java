package dev.recal.graphs.logs;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import java.util.Map;
import java.util.regex.Pattern;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Summary;
import org.tensorflow.proto.SummaryMetadata;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The summaries of TensorBoard's page of hyperparameters: one with the settings at the start of a
 * run, and one at its end. The messages are those of TensorBoard's {@code
 * plugins/hparams/plugin_data.proto}, of which there are no Java classes; the numbers are its field
 * numbers.
 */
final class HparamsSummary {

  private static final String PLUGIN = "hparams";
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

  // HParamsPluginData.
  private static final int SESSION_START_INFO = 3;
  private static final int SESSION_END_INFO = 4;
  // SessionStartInfo.
  private static final int HPARAMS = 1;
  private static final int START_TIME = 5;
  // SessionEndInfo.
  private static final int STATUS = 1;
  private static final int END_TIME = 2;
  private static final int STATUS_UNKNOWN = 0;
  private static final int STATUS_SUCCESS = 1;

  private HparamsSummary() {}

  /**
   * The start of a run.
   *
   * @param settings by name; numbers and booleans are shown as such
   * @param seconds since 1970
   */
  static Summary start(Map<String, String> settings, double seconds) {
    UnknownFieldSet.Field.Builder entries = UnknownFieldSet.Field.newBuilder();
    settings.forEach((name, value) -> entries.addLengthDelimited(entry(name, value)));
    ByteString info =
        UnknownFieldSet.newBuilder()
            .addField(HPARAMS, entries.build())
            .addField(START_TIME, number(seconds))
            .build()
            .toByteString();
    return summary("_hparams_/session_start_info", SESSION_START_INFO, info);
  }

  /**
   * The end of a run.
   *
   * @param finished whether it reached its last step
   * @param seconds since 1970
   */
  static Summary end(boolean finished, double seconds) {
    long status = finished ? STATUS_SUCCESS : STATUS_UNKNOWN;
    ByteString info =
        UnknownFieldSet.newBuilder()
            .addField(STATUS, UnknownFieldSet.Field.newBuilder().addVarint(status).build())
            .addField(END_TIME, number(seconds))
            .build()
            .toByteString();
    return summary("_hparams_/session_end_info", SESSION_END_INFO, info);
  }

  private static ByteString entry(String name, String value) {
    return UnknownFieldSet.newBuilder()
        .addField(1, bytes(ByteString.copyFromUtf8(name)))
        .addField(2, bytes(value(value).toByteString()))
        .build()
        .toByteString();
  }

  private static Value value(String text) {
    if (NUMBER.matcher(text).matches()) {
      return Value.newBuilder().setNumberValue(Double.parseDouble(text)).build();
    }
    if (text.equals("true") || text.equals("false")) {
      return Value.newBuilder().setBoolValue(text.equals("true")).build();
    }
    return Value.newBuilder().setStringValue(text).build();
  }

  private static UnknownFieldSet.Field bytes(ByteString bytes) {
    return UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes).build();
  }

  private static UnknownFieldSet.Field number(double value) {
    return UnknownFieldSet.Field.newBuilder().addFixed64(Double.doubleToLongBits(value)).build();
  }

  private static Summary summary(String tag, int kind, ByteString info) {
    ByteString content =
        UnknownFieldSet.newBuilder().addField(kind, bytes(info)).build().toByteString();
    Summary.Builder summary = Summary.newBuilder();
    summary
        .addValueBuilder()
        .setTag(tag)
        .setMetadata(
            SummaryMetadata.newBuilder()
                .setPluginData(
                    SummaryMetadata.PluginData.newBuilder()
                        .setPluginName(PLUGIN)
                        .setContent(content)))
        // TensorBoard skips a summary without a value.
        .setTensor(
            TensorProto.newBuilder()
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(
                    TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(1)))
                .addFloatVal(0));
    return summary.build();
  }
}
