package dev.recal.savedmodels;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Changes a SavedModel at random: bytes, and fields of its protocol buffer. */
final class Mutations {

  private static final long[] NUMBERS = {
    -1, 0, 1, -2, 255, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private final SplittableRandom random;
  private final List<OpDef> operations = TensorFlow.registeredOpList().getOpList();

  Mutations(SplittableRandom random) {
    this.random = random;
  }

  /** Flips, overwrites or cuts bytes. */
  byte[] bytes(byte[] whole) {
    byte[] bytes = whole.clone();
    if (random.nextInt(4) == 0) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  /** Changes one to three nodes, functions or other parts. */
  SavedModel structure(SavedModel whole) {
    SavedModel.Builder model = whole.toBuilder();
    MetaGraphDef.Builder graph =
        model.getMetaGraphsBuilder(random.nextInt(model.getMetaGraphsCount()));
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      var nodes = graph.getGraphDefBuilder();
      var library = nodes.getLibraryBuilder();
      if (library.getFunctionCount() > 0 && random.nextInt(3) == 0) {
        function(library.getFunctionBuilder(random.nextInt(library.getFunctionCount())));
      } else if (random.nextInt(12) == 0) {
        nodes.addNode(nodes.getNode(random.nextInt(nodes.getNodeCount())));
      } else if (random.nextInt(12) == 0) {
        nodes.removeNode(random.nextInt(nodes.getNodeCount()));
      } else if (random.nextInt(12) == 0) {
        other(graph);
      } else {
        node(nodes.getNodeBuilder(random.nextInt(nodes.getNodeCount())), nodes.getNodeList());
      }
    }
    return model.build();
  }

  private void function(FunctionDef.Builder function) {
    int nodes = function.getNodeDefCount();
    switch (random.nextInt(6)) {
      case 0 -> function.clearRet();
      case 1 -> function.clearSignature();
      case 2 -> {
        if (function.getSignature().getInputArgCount() > 0) {
          function.getSignatureBuilder().removeInputArg(0);
        }
      }
      case 3 -> {
        if (nodes > 0) {
          function.removeNodeDef(random.nextInt(nodes));
        }
      }
      default -> {
        if (nodes > 0) {
          node(function.getNodeDefBuilder(random.nextInt(nodes)), function.getNodeDefList());
        }
      }
    }
  }

  private void other(MetaGraphDef.Builder graph) {
    switch (random.nextInt(5)) {
      case 0 -> graph.getGraphDefBuilder().getVersionsBuilder().setProducer((int) number());
      case 1 -> graph.getSaverDefBuilder().setFilenameTensorName("Const_9:7");
      case 2 ->
          graph.getSaverDefBuilder().setRestoreOpName(graph.getGraphDef().getNode(0).getName());
      case 3 -> graph.clearAssetFileDef().clearCollectionDef();
      default -> graph.getGraphDefBuilder().clearLibrary();
    }
  }

  private void node(NodeDef.Builder node, List<NodeDef> others) {
    int inputs = node.getInputCount();
    switch (random.nextInt(8)) {
      case 0 -> node.setOp(operations.get(random.nextInt(operations.size())).getName());
      case 1 -> node.setName(random.nextBoolean() ? "" : "a b\u0000");
      case 2 -> {
        if (inputs > 0) {
          String other = others.get(random.nextInt(others.size())).getName();
          String[] forms = {other, "^" + other, other + ":1", other + ":99999", other + ":-1", ""};
          node.setInput(random.nextInt(inputs), forms[random.nextInt(forms.length)]);
        }
      }
      case 3 -> node.setDevice("/job:nowhere/device:GPU:9");
      default -> {
        if (node.getAttrCount() > 0) {
          List<String> names = List.copyOf(node.getAttrMap().keySet());
          String name = names.get(random.nextInt(names.size()));
          if (random.nextInt(10) == 0) {
            node.removeAttr(name);
          } else {
            node.putAttr(name, attribute(node.getAttrOrThrow(name)));
          }
        }
      }
    }
  }

  private AttrValue attribute(AttrValue value) {
    AttrValue.Builder builder = value.toBuilder();
    switch (value.getValueCase()) {
      case I -> builder.setI(number());
      case B -> builder.setB(!value.getB());
      case F -> builder.setF(Float.NaN);
      case S -> builder.setS(ByteString.copyFromUtf8(random.nextBoolean() ? "" : "EXPLICIT"));
      case TYPE -> builder.setTypeValue(type());
      case SHAPE -> builder.setShape(shape());
      case TENSOR -> tensor(builder.getTensorBuilder());
      case FUNC -> builder.getFuncBuilder().setName("nowhere");
      case LIST -> {
        AttrValue.ListValue list = value.getList();
        if (list.getICount() > 0) {
          builder.getListBuilder().setI(random.nextInt(list.getICount()), number());
        } else if (list.getTypeCount() > 0) {
          builder.getListBuilder().setTypeValue(random.nextInt(list.getTypeCount()), type());
        } else {
          builder.getListBuilder().addI(number());
        }
      }
      default -> builder.setI(number());
    }
    return builder.build();
  }

  private void tensor(TensorProto.Builder tensor) {
    switch (random.nextInt(4)) {
      case 0 -> tensor.setTensorShape(shape());
      case 1 -> tensor.setDtypeValue(type());
      case 2 -> tensor.clearTensorContent();
      default -> tensor.setTensorContent(ByteString.copyFrom(new byte[random.nextInt(40)]));
    }
  }

  private TensorShapeProto shape() {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      shape.addDimBuilder().setSize(number());
    }
    return shape.setUnknownRank(random.nextInt(6) == 0).build();
  }

  private int type() {
    DataType[] types = DataType.values();
    DataType type = types[random.nextInt(types.length)];
    return type == DataType.UNRECOGNIZED || random.nextInt(8) == 0 ? 77 : type.getNumber();
  }

  private long number() {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }
}
