package dev.recal.ops.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.AbstractParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.Example;

class UntrustedMessagesTest {

  @Test
  void aMessageIsParsed() throws IOException {
    byte[] bytes = Example.newBuilder().build().toByteArray();
    assertThat(UntrustedMessages.parse(Example.parser(), bytes))
        .isEqualTo(Example.getDefaultInstance());
  }

  @Test
  void rejectsNestedGroupsOfMapEntry() throws IOException {
    byte[] bytes = NestedGroups.in(150_000, 1, 1).toByteArray();
    assertThat(bytes).hasSizeGreaterThan(300_000);
    assertRefused(bytes);
  }

  @Test
  void rejectsNestedGroupsAtEveryDepth() throws IOException {
    assertRefused(NestedGroups.in(150_000).toByteArray());
    assertRefused(NestedGroups.in(150_000, 1).toByteArray());
  }

  @Test
  void stackOverflowCountsAsDamage() {
    assertThatThrownBy(
            () ->
                UntrustedMessages.parse(
                    new AbstractParser<Example>() {
                      @Override
                      public Example parsePartialFrom(
                          CodedInputStream input, ExtensionRegistryLite registry) {
                        throw new StackOverflowError();
                      }
                    },
                    ByteString.EMPTY))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessage("Messages are nested too deeply.");
  }

  private static void assertRefused(byte[] bytes) {
    assertThatThrownBy(() -> UntrustedMessages.parse(Example.parser(), bytes))
        .isInstanceOf(InvalidProtocolBufferException.class);
    assertThatThrownBy(() -> UntrustedMessages.parse(Example.parser(), ByteString.copyFrom(bytes)))
        .isInstanceOf(InvalidProtocolBufferException.class);
    assertThatThrownBy(
            () -> UntrustedMessages.parse(Example.parser(), new ByteArrayInputStream(bytes)))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }
}
