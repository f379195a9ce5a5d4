package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.recal.savedmodels.runtime.MissingOp;
import dev.recal.savedmodels.runtime.RuntimeOps;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Contents of models, and operations that runtimes do not support. */
class ContentsTest {

  @Test
  void tensorFlow2ModelIsReported() throws IOException {
    SavedModelContents contents =
        SavedModelReader.contents(PythonModels.resource("vocabulary"), Set.of());
    assertThat(contents.tags()).containsExactly("serve");
    assertThat(contents.assets()).containsExactly("words.txt");
    assertThat(contents.objects()).isPositive();
    assertThat(contents.operations()).containsKey("StatefulPartitionedCall");
    assertThat(contents.functions())
        .anySatisfy(function -> assertThat(function.operations()).containsKey("LookupTableFindV2"));
    assertThat(contents.versions().schema()).isOne();
    assertThat(contents.versions().producer()).isGreaterThan(2_000);
    assertThat(contents.description().tensorflowVersion()).startsWith("2.");
  }

  @Test
  void severalGraphsAreReported() throws IOException {
    SavedModelContents contents =
        SavedModelReader.contents(PythonModels.resource("tags"), Set.of("gpu", "serve"));
    assertThat(contents.allTags()).containsExactly(Set.of("serve"), Set.of("serve", "gpu"));
    assertThat(contents.tags()).containsExactlyInAnyOrder("serve", "gpu");
    assertThat(contents.objects()).isZero();
    assertThat(contents.operations()).containsEntry("VariableV2", 1);
  }

  @Test
  void runningRuntimeListsItsOperations() {
    RuntimeOps listed = RuntimeOps.named("2.18");
    assertThat(listed.version()).isEqualTo(TensorFlow.version());
    assertThat(TensorFlow.registeredOpList().getOpList())
        .allSatisfy(
            operation -> {
              assertThat(listed.operations()).containsKey(operation.getName());
              operation
                  .getAttrList()
                  .forEach(
                      attribute ->
                          assertThat(listed.operations().get(operation.getName()).attributes())
                              .containsKey(attribute.getName()));
            });
    assertThat(RuntimeOps.names())
        .containsExactly("1.15", "2.4", "2.7", "2.10", "2.16", "2.18", "2.21");
    assertThatThrownBy(() -> RuntimeOps.named("3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a runtime of [1.15, 2.4,");
  }

  @Test
  void unsupportedOperationsAreNamed() {
    GraphDef.Builder graph = GraphDef.newBuilder();
    NodeDef.Builder product =
        NodeDef.newBuilder()
            .setOp("MatMul")
            .putAttr("T", Attributes.type(DataType.DT_FLOAT))
            .putAttr("_note", Attributes.type(DataType.DT_FLOAT));
    graph.addNode(product.setName("a"));
    graph.addNode(product.setName("b").putAttr("grad_a", Attributes.type(DataType.DT_FLOAT)));
    graph.addNode(product.setName("c"));
    graph.addNode(
        NodeDef.newBuilder()
            .setName("d")
            .setOp("BatchMatMulV3")
            .putAttr("Ta", Attributes.type(DataType.DT_STRING)));
    assertThat(RuntimeOps.named("2.4").missing(graph.build()))
        .contains(new MissingOp("MatMul", "no attribute 'grad_a'", 2, "b"))
        .contains(new MissingOp("BatchMatMulV3", "no such operation", 1, "d"))
        .hasSize(2);
    assertThat(RuntimeOps.named("2.21").missing(graph.build()))
        .extracting(MissingOp::operation, MissingOp::reason)
        .contains(
            tuple("BatchMatMulV3", "no string for 'Ta'"),
            tuple("BatchMatMulV3", "needs the attribute 'Tb'"));
    assertThat(
            RuntimeOps.named("1.15")
                .missing(GraphDef.newBuilder().addNode(graph.getNode(0)).build()))
        .isEmpty();
  }
}
