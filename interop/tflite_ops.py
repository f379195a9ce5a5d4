#!/usr/bin/env python3
"""Lists the operations that TensorFlow Lite supports, for `recal inspect --for tflite`.

    python tflite_ops.py savedmodels/src/main/resources/dev/recal/savedmodels/runtime/tflite-ops.txt

There is no list of the operations that the converter turns into built-in ones, so each is tested: a
graph of that operation, on small tensors of float32 (or of its own type), is converted without the
select operations. The allow list of the select operations is read from TensorFlow's library.
Lines are `builtin OPERATION`, `select OPERATION` (allowed, and not found built-in) and
`neither OPERATION` (tested, not converted, not allowed); an operation without a line was not tested.

Needs tensorflow (or tensorflow-cpu) on Linux.
"""

import ctypes
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import tensorflow as tf

RAW = tf.raw_ops


def unary(name, kind=tf.float32, shape=(2, 4, 4, 3), argument="x", **rest):
    return [tf.TensorSpec(shape, kind)], lambda x: getattr(RAW, name)(**{argument: x}, **rest)


def binary(name, kind=tf.float32, shape=(2, 4, 4, 3), **rest):
    specs = [tf.TensorSpec(shape, kind)] * 2
    return specs, lambda x, y: getattr(RAW, name)(x=x, y=y, **rest)


def reduction(name, kind=tf.float32):
    return [tf.TensorSpec([2, 4, 4, 3], kind)], lambda x: getattr(RAW, name)(
        input=x, axis=[1, 2], keep_dims=True)


def image(function):
    return [tf.TensorSpec([2, 4, 4, 3], tf.float32)], function


def matrix(function):
    return [tf.TensorSpec([4, 6], tf.float32)], function


def recipes():
    """Returns {operation: (argument specifications, function)}."""
    found = {}
    for name in ("Abs Ceil Cos Erf Exp Floor Log Neg Reciprocal Rint Round Rsqrt Sigmoid Sign Sin Sqrt "
                 "Square Tan Tanh Log1p Expm1 Softsign Sinh Cosh Atan Asin Acos Asinh Acosh Atanh "
                 "IsNan IsInf IsFinite Inv OnesLike ZerosLike Lgamma Digamma").split():
        found[name] = unary(name)
    for name in "Relu Relu6 Elu Selu LeakyRelu Softplus".split():
        found[name] = unary(name, argument="features")
    for name in "Softmax LogSoftmax".split():
        found[name] = unary(name, argument="logits", shape=(2, 3))
    for name in "Identity Snapshot StopGradient PreventGradient Shape Size Rank".split():
        found[name] = unary(name, argument="input")
    for name in ("Add AddV2 Sub Mul Div RealDiv DivNoNan Maximum Minimum FloorDiv FloorMod Mod Pow "
                 "SquaredDifference Equal NotEqual Greater GreaterEqual Less LessEqual Atan2 Xdivy "
                 "Xlogy TruncateDiv").split():
        kind = tf.int32 if name == "TruncateDiv" else tf.float32
        found[name] = binary(name, kind)
    for name in "LogicalAnd LogicalOr".split():
        found[name] = binary(name, tf.bool)
    for name in "BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift".split():
        found[name] = binary(name, tf.int32)
    found["LogicalNot"] = unary("LogicalNot", tf.bool)
    for name in "Mean Sum Max Min Prod EuclideanNorm".split():
        found[name] = reduction(name)
    for name in "All Any".split():
        found[name] = reduction(name, tf.bool)
    kernel = tf.ones([3, 3, 3, 5])
    pool = dict(ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
    same = dict(strides=[1, 1, 1, 1], padding="SAME")
    vector = tf.ones([3])
    found.update({
        "Conv2D": image(lambda x: RAW.Conv2D(input=x, filter=kernel, **same)),
        "DepthwiseConv2dNative": image(lambda x: RAW.DepthwiseConv2dNative(
            input=x, filter=tf.ones([3, 3, 3, 1]), **same)),
        "Conv2DBackpropInput": image(lambda x: RAW.Conv2DBackpropInput(
            input_sizes=[2, 8, 8, 5], filter=tf.ones([3, 3, 5, 3]), out_backprop=x,
            strides=[1, 2, 2, 1], padding="SAME")),
        "MaxPool": image(lambda x: RAW.MaxPool(input=x, **pool)),
        "AvgPool": image(lambda x: RAW.AvgPool(value=x, **pool)),
        "MaxPoolV2": image(lambda x: RAW.MaxPoolV2(
            input=x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")),
        "MaxPoolWithArgmax": image(lambda x: RAW.MaxPoolWithArgmax(input=x, **pool)[0]),
        "FusedBatchNormV3": image(lambda x: RAW.FusedBatchNormV3(
            x=x, scale=vector, offset=vector, mean=vector, variance=vector, is_training=False)[0]),
        "BiasAdd": image(lambda x: RAW.BiasAdd(value=x, bias=vector)),
        "LRN": image(lambda x: RAW.LRN(input=x)),
        "Reshape": image(lambda x: RAW.Reshape(tensor=x, shape=[-1, 48])),
        "Transpose": image(lambda x: RAW.Transpose(x=x, perm=[0, 3, 1, 2])),
        "Pad": image(lambda x: RAW.Pad(input=x, paddings=[[0, 0], [1, 1], [1, 1], [0, 0]])),
        "PadV2": image(lambda x: RAW.PadV2(
            input=x, paddings=[[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=1.0)),
        "MirrorPad": image(lambda x: RAW.MirrorPad(
            input=x, paddings=[[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")),
        "ConcatV2": image(lambda x: RAW.ConcatV2(values=[x, x], axis=3)),
        "Concat": image(lambda x: RAW.Concat(values=[x, x], concat_dim=3)),
        "Pack": image(lambda x: RAW.Pack(values=[x, x], axis=0)),
        "Unpack": image(lambda x: RAW.Unpack(value=x, num=2)[0]),
        "Split": image(lambda x: RAW.Split(axis=3, value=x, num_split=3)[0]),
        "SplitV": image(lambda x: RAW.SplitV(
            value=x, size_splits=[1, 2], axis=3, num_split=2)[0]),
        "Slice": image(lambda x: RAW.Slice(input=x, begin=[0, 1, 1, 0], size=[2, 2, 2, 3])),
        "StridedSlice": image(lambda x: RAW.StridedSlice(
            input=x, begin=[0, 1, 1, 0], end=[2, 3, 3, 3], strides=[1, 1, 1, 1])),
        "Tile": image(lambda x: RAW.Tile(input=x, multiples=[1, 2, 2, 1])),
        "ExpandDims": image(lambda x: RAW.ExpandDims(input=x, axis=1)),
        "Squeeze": ([tf.TensorSpec([2, 1, 1, 3], tf.float32)],
                    lambda x: RAW.Squeeze(input=x, axis=[1, 2])),
        "BroadcastTo": matrix(lambda x: RAW.BroadcastTo(input=x, shape=[2, 4, 6])),
        "Fill": ([tf.TensorSpec([2], tf.int32)], lambda x: RAW.Fill(dims=x, value=1.0)),
        "Range": ([tf.TensorSpec([], tf.int32)], lambda x: RAW.Range(start=0, limit=x, delta=1)),
        "GatherV2": matrix(lambda x: RAW.GatherV2(params=x, indices=[1, 0], axis=1)),
        "Gather": matrix(lambda x: RAW.Gather(params=x, indices=[1, 0])),
        "GatherNd": matrix(lambda x: RAW.GatherNd(params=x, indices=[[1, 0]])),
        "ScatterNd": ([tf.TensorSpec([1, 1], tf.int32)], lambda i: RAW.ScatterNd(
            indices=i, updates=[1.0], shape=[4])),
        "TensorScatterUpdate": matrix(lambda x: RAW.TensorScatterUpdate(
            tensor=x, indices=[[0, 0]], updates=[1.0])),
        "MatMul": matrix(lambda x: RAW.MatMul(a=x, b=tf.ones([6, 5]))),
        "BatchMatMul": image(lambda x: RAW.BatchMatMul(x=x, y=tf.ones([2, 4, 3, 2]))),
        "BatchMatMulV2": image(lambda x: RAW.BatchMatMulV2(x=x, y=tf.ones([3, 2]))),
        "BatchMatMulV3": image(lambda x: RAW.BatchMatMulV3(
            x=x, y=tf.ones([3, 2]), Tout=tf.float32)),
        "Einsum": matrix(lambda x: RAW.Einsum(inputs=[x, tf.ones([6, 5])], equation="ij,jk->ik")),
        "ArgMax": matrix(lambda x: RAW.ArgMax(input=x, dimension=1)),
        "ArgMin": matrix(lambda x: RAW.ArgMin(input=x, dimension=1)),
        "TopKV2": matrix(lambda x: RAW.TopKV2(input=x, k=2)[0]),
        "Cumsum": matrix(lambda x: RAW.Cumsum(x=x, axis=1)),
        "Cumprod": matrix(lambda x: RAW.Cumprod(x=x, axis=1)),
        "OneHot": ([tf.TensorSpec([3], tf.int32)], lambda x: RAW.OneHot(
            indices=x, depth=4, on_value=1.0, off_value=0.0)),
        "Cast": matrix(lambda x: RAW.Cast(x=x, DstT=tf.int32)),
        "Bitcast": matrix(lambda x: RAW.Bitcast(input=x, type=tf.int32)),
        "ClipByValue": matrix(lambda x: RAW.ClipByValue(
            t=x, clip_value_min=0.0, clip_value_max=1.0)),
        "Select": matrix(lambda x: RAW.Select(condition=x > 0, x=x, y=-x)),
        "SelectV2": matrix(lambda x: RAW.SelectV2(condition=x > 0, t=x, e=-x)),
        "Where": matrix(lambda x: RAW.Where(condition=x > 0)),
        "L2Loss": matrix(lambda x: RAW.L2Loss(t=x)),
        "AddN": matrix(lambda x: RAW.AddN(inputs=[x, x, x])),
        "ReverseV2": matrix(lambda x: RAW.ReverseV2(tensor=x, axis=[1])),
        "ReverseSequence": matrix(lambda x: RAW.ReverseSequence(
            input=x, seq_lengths=[1, 2, 3, 4], seq_dim=1)),
        "InvertPermutation": ([tf.TensorSpec([3], tf.int32)],
                              lambda x: RAW.InvertPermutation(x=x)),
        "ResizeBilinear": image(lambda x: RAW.ResizeBilinear(
            images=x, size=[8, 8], half_pixel_centers=True)),
        "ResizeNearestNeighbor": image(lambda x: RAW.ResizeNearestNeighbor(images=x, size=[8, 8])),
        "ResizeBicubic": image(lambda x: RAW.ResizeBicubic(images=x, size=[8, 8])),
        "ResizeArea": image(lambda x: RAW.ResizeArea(images=x, size=[8, 8])),
        "CropAndResize": image(lambda x: RAW.CropAndResize(
            image=x, boxes=[[0.0, 0.0, 1.0, 1.0]], box_ind=[0], crop_size=[2, 2])),
        "DepthToSpace": ([tf.TensorSpec([2, 4, 4, 4], tf.float32)],
                         lambda x: RAW.DepthToSpace(input=x, block_size=2)),
        "SpaceToDepth": image(lambda x: RAW.SpaceToDepth(input=x, block_size=2)),
        "SpaceToBatchND": image(lambda x: RAW.SpaceToBatchND(
            input=x, block_shape=[2, 2], paddings=[[0, 0], [0, 0]])),
        "BatchToSpaceND": ([tf.TensorSpec([4, 2, 2, 3], tf.float32)], lambda x: RAW.BatchToSpaceND(
            input=x, block_shape=[2, 2], crops=[[0, 0], [0, 0]])),
        "ExtractImagePatches": image(lambda x: RAW.ExtractImagePatches(
            images=x, ksizes=[1, 2, 2, 1], strides=[1, 2, 2, 1], rates=[1, 1, 1, 1],
            padding="VALID")),
        "MatrixDiag": matrix(lambda x: RAW.MatrixDiag(diagonal=x)),
        "MatrixDiagV3": matrix(lambda x: RAW.MatrixDiagV3(
            diagonal=x, k=0, num_rows=-1, num_cols=-1, padding_value=0.0)),
        "MatrixBandPart": matrix(lambda x: RAW.MatrixBandPart(
            input=x, num_lower=tf.constant(1, tf.int64), num_upper=tf.constant(1, tf.int64))),
        "UnsortedSegmentSum": matrix(lambda x: RAW.UnsortedSegmentSum(
            data=x, segment_ids=[0, 1, 0, 1], num_segments=2)),
        "SegmentSum": matrix(lambda x: RAW.SegmentSum(data=x, segment_ids=[0, 0, 1, 1])),
        "EnsureShape": matrix(lambda x: RAW.EnsureShape(input=x, shape=[4, 6])),
        "IdentityN": matrix(lambda x: RAW.IdentityN(input=[x, x])[0]),
        "BroadcastArgs": ([tf.TensorSpec([2], tf.int32)] * 2,
                          lambda x, y: RAW.BroadcastArgs(s0=x, s1=y)),
        "RandomUniform": ([tf.TensorSpec([2], tf.int32)],
                          lambda x: RAW.RandomUniform(shape=x, dtype=tf.float32)),
        "RandomStandardNormal": ([tf.TensorSpec([2], tf.int32)],
                                 lambda x: RAW.RandomStandardNormal(shape=x, dtype=tf.float32)),
        "StatelessRandomNormalV2": ([tf.TensorSpec([2], tf.int32)],
                                    lambda x: tf.random.stateless_normal(x, [1, 2])),
        "Conv3D": ([tf.TensorSpec([1, 4, 4, 4, 2], tf.float32)], lambda x: RAW.Conv3D(
            input=x, filter=tf.ones([3, 3, 3, 2, 2]), strides=[1] * 5, padding="SAME")),
        "DecodeJpeg": ([tf.TensorSpec([], tf.string)], lambda x: RAW.DecodeJpeg(contents=x)),
        "DecodePng": ([tf.TensorSpec([], tf.string)], lambda x: RAW.DecodePng(contents=x)),
        "DecodeImage": ([tf.TensorSpec([], tf.string)], lambda x: RAW.DecodeImage(contents=x)),
        "ParseExampleV2": ([tf.TensorSpec([2], tf.string)], lambda x: tf.io.parse_example(
            x, {"a": tf.io.FixedLenFeature([1], tf.float32)})["a"]),
        "NonMaxSuppressionV4": ([tf.TensorSpec([5, 4], tf.float32), tf.TensorSpec([5], tf.float32)],
                                lambda b, s: RAW.NonMaxSuppressionV4(
                                    boxes=b, scores=s, max_output_size=2, iou_threshold=0.5,
                                    score_threshold=0.1)[0]),
    })
    for name, axis in (("Unique", None), ("StringJoin", None), ("AsString", None)):
        found[name] = {
            "Unique": ([tf.TensorSpec([4], tf.int32)], lambda x: RAW.Unique(x=x)[0]),
            "StringJoin": ([tf.TensorSpec([2], tf.string)],
                           lambda x: RAW.StringJoin(inputs=[x, x])),
            "AsString": ([tf.TensorSpec([2], tf.int32)], lambda x: RAW.AsString(input=x)),
        }[name]
    return found


def converts(specs, function):
    module = tf.Module()
    module.call = tf.function(function, input_signature=specs)
    try:
        concrete = module.call.get_concrete_function()
        converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], module)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        converter.convert()
        return True
    except Exception as problem:  # The converter has no exception class for unsupported operations.
        print(f"  {str(problem).strip().splitlines()[-1][:150]}", file=sys.stderr)
        return False


class CppString(ctypes.Structure):
    """std::string in the layout of libstdc++."""
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("room", ctypes.c_char * 16)]


def allow_list():
    """Returns the registered operations that may be select operations."""
    library = ctypes.CDLL(str(Path(tf.__file__).parent / "libtensorflow_cc.so.2"))
    allowed = library._ZN6tflite4flex19IsAllowlistedFlexOpERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE
    allowed.restype = ctypes.c_bool
    found = set()
    for name in dir(tf.raw_ops):
        text = ctypes.create_string_buffer(name.encode())
        string = CppString(ctypes.cast(text, ctypes.c_void_p), len(name), b"")
        if not name.startswith("_") and allowed(ctypes.byref(string)):
            found.add(name)
    return found


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    select = allow_list()
    tried = {}
    for name, (specs, function) in sorted(recipes().items()):
        tried[name] = converts(specs, function)
        print(name, tried[name], file=sys.stderr, flush=True)
    # The converter folds these, or they are part of the graph's structure; branches and loops are calls.
    structure = {"Const", "Placeholder", "NoOp", "ReadVariableOp", "VarHandleOp", "PartitionedCall",
                 "StatefulPartitionedCall", "If", "While", "StatelessIf", "StatelessWhile"}
    builtin = structure | {name for name, converted in tried.items() if converted}
    lines = [f"# Generated by interop/tflite_ops.py with TensorFlow {tf.__version__}."]
    lines += [f"builtin {name}" for name in sorted(builtin)]
    lines += [f"select {name}" for name in sorted(select - builtin)]
    lines += [f"neither {name}" for name in sorted(set(tried) - builtin - select)]
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
