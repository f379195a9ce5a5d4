package dev.recal.ops.records;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads protocol buffers of unknown origin: whatever the bytes are, the result is a message or an
 * {@link InvalidProtocolBufferException}.
 *
 * <p>Protocol Buffers limit the depth of nested messages to 100. Releases before 3.25.5 do not
 * count unknown groups inside of map entries (CVE-2024-7254), so that 300 kB overflow the stack; a
 * program may have such a release on its class path, and a thread a small stack.
 */
public final class ForeignMessages {

  private ForeignMessages() {}

  /**
   * Parses a message.
   *
   * @throws InvalidProtocolBufferException if the bytes are not one, or nest too deeply
   */
  public static <M> M parse(Parser<M> parser, byte[] bytes) throws InvalidProtocolBufferException {
    try {
      return parser.parseFrom(bytes);
    } catch (StackOverflowError e) {
      throw tooDeep();
    } catch (InvalidProtocolBufferException e) {
      throw damaged();
    }
  }

  /**
   * Parses a message.
   *
   * @throws InvalidProtocolBufferException if the bytes are not one, or nest too deeply
   */
  public static <M> M parse(Parser<M> parser, ByteString bytes)
      throws InvalidProtocolBufferException {
    try {
      return parser.parseFrom(bytes);
    } catch (StackOverflowError e) {
      throw tooDeep();
    } catch (InvalidProtocolBufferException e) {
      throw damaged();
    }
  }

  /**
   * Parses a message that takes the whole stream.
   *
   * @throws InvalidProtocolBufferException if the bytes are not one, or nest too deeply
   * @throws IOException if the stream cannot be read
   */
  public static <M> M parse(Parser<M> parser, InputStream stream) throws IOException {
    try {
      CodedInputStream coded = CodedInputStream.newInstance(stream);
      M message = parser.parseFrom(coded);
      coded.checkLastTagWas(0);
      return message;
    } catch (StackOverflowError e) {
      throw tooDeep();
    } catch (InvalidProtocolBufferException e) {
      throw damaged();
    } catch (IllegalStateException e) {
      // Only the reader of streams detects some lengths that are too large, and in this way.
      throw new InvalidProtocolBufferException("A length exceeds its enclosing message.");
    }
  }

  // The parser's words are about tags and varints.
  private static InvalidProtocolBufferException damaged() {
    return new InvalidProtocolBufferException("It is truncated or damaged.");
  }

  private static InvalidProtocolBufferException tooDeep() {
    return new InvalidProtocolBufferException("Messages are nested too deeply.");
  }
}
