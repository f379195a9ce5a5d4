package dev.recal.ops.records;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Nested groups, which overflowed the stack of protobuf-java before 3.25.5. */
final class NestedGroups {

  private static final int UNKNOWN = 15;

  private NestedGroups() {}

  /**
   * Returns a message.
   *
   * @param depth the number of groups; two bytes each
   * @param fields the field numbers of the enclosing messages, from the outermost
   */
  static ByteString in(int depth, int... fields) throws IOException {
    ByteString.Output output = ByteString.newOutput();
    CodedOutputStream coded = CodedOutputStream.newInstance(output);
    for (int end = 0; end < 2; end++) {
      int type = end == 0 ? WireFormat.WIRETYPE_START_GROUP : WireFormat.WIRETYPE_END_GROUP;
      for (int i = 0; i < depth; i++) {
        coded.writeTag(UNKNOWN, type);
      }
    }
    coded.flush();
    ByteString bytes = output.toByteString();
    for (int i = fields.length - 1; i >= 0; i--) {
      ByteString.Output around = ByteString.newOutput();
      CodedOutputStream outer = CodedOutputStream.newInstance(around);
      outer.writeBytes(fields[i], bytes);
      outer.flush();
      bytes = around.toByteString();
    }
    return bytes;
  }
}
