#!/usr/bin/env python3
"""Creates the small Python SavedModels for the tests of `savedmodels`.

    python python_models.py DIRECTORY [NAME ...]

Writes DIRECTORY/NAME for every model, or for the named ones: `vocabulary` (tf.Module; a table
filled from an asset), `keras` (an export of Keras 3), `types` (one signature for every element type),
`tags` (TensorFlow 1: a table, an asset, a sparse input, two sets of tags, a main operation).
All but `types` are committed under savedmodels/src/test/resources, as written by TensorFlow 2.21.

Needs tensorflow (or tensorflow-cpu) and keras.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf


def words():
    # In the working directory: TensorFlow 1 stores the path in the model.
    Path("words.txt").write_text("zero\none\ntwo\n")
    return "words.txt"


def vocabulary(target):
    """Strings in, strings out, a variable, and a table that the init operation fills from a file."""

    class Vocabulary(tf.Module):
        def __init__(self):
            super().__init__()
            self.scale = tf.Variable([1.0, 2.0, 4.0], name="scale")
            self.asset = tf.saved_model.Asset(words())
            key, value = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
            self.ids = tf.lookup.StaticHashTable(
                tf.lookup.TextFileInitializer(self.asset, tf.string, key, tf.int64, value), -1)
            self.words = tf.lookup.StaticHashTable(
                tf.lookup.TextFileInitializer(self.asset, tf.int64, value, tf.string, key), "?")

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
        def find(self, words):
            ids = self.ids.lookup(words)
            return {"ids": ids, "scaled": tf.gather(self.scale, tf.maximum(ids, 0))}

        @tf.function(input_signature=[tf.TensorSpec([], tf.int64, name="id")])
        def name(self, id):
            return {"word": self.words.lookup(id)}

    module = Vocabulary()
    tf.saved_model.save(module, str(target), {"find": module.find, "name": module.name})


def keras(target):
    """Batch norm and a dense head, with consecutive numbers as weights."""
    import keras

    model = keras.Sequential([
        keras.layers.Input((4, 4, 2), name="images"),
        keras.layers.BatchNormalization(name="bn"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(3, activation="softmax", name="head")])
    model.set_weights([
        (np.arange(w.size, dtype=np.float32).reshape(w.shape) + 1) / 10 for w in model.get_weights()])
    model.export(str(target), verbose=False)


def types(target):
    """Identity-like functions of every element type, a scalar and an unknown rank."""
    kinds = [tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.uint8, tf.int8, tf.int32, tf.int64,
             tf.bool, tf.string]
    module = tf.Module()

    def twice(kind):
        @tf.function(input_signature=[tf.TensorSpec(None, kind, name="x")])
        def call(x):
            return {"y": tf.concat([tf.reshape(x, [-1])] * 2, 0), "same": tf.identity(x)}
        return call

    signatures = {}
    for kind in kinds:
        call = twice(kind)
        setattr(module, kind.name + "_call", call)
        signatures[kind.name] = call

    @tf.function(input_signature=[])
    def nothing():
        return {"answer": tf.constant(42)}

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32, name="n"),
                                  tf.TensorSpec([], tf.float32, name="start")])
    def power(n, start):
        i, x = tf.while_loop(lambda i, x: i < n, lambda i, x: (i + 1, x * 2), [0, start])
        return {"x": tf.cond(n > 0, lambda: x, lambda: -x)}

    module.nothing, module.power = nothing, power
    tf.saved_model.save(module, str(target), {**signatures, "nothing": nothing, "power": power})


def tags(target):
    """A model of TensorFlow 1: collections, reference variables, two graphs in one file."""
    v1 = tf.compat.v1
    builder = v1.saved_model.Builder(str(target))
    for first, names in ((True, ["serve"]), (False, ["serve", "gpu"])):
        with tf.Graph().as_default(), v1.Session() as session:
            v1.disable_resource_variables()
            x = v1.placeholder(tf.string, [None], "x")
            sparse = v1.sparse_placeholder(tf.float32, [None, 3], "sparse")
            weight = v1.get_variable("weight", initializer=[[1.0], [2.0], [3.0]])
            file = tf.constant(words(), name="file")
            v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, file)
            table = tf.lookup.StaticVocabularyTable(tf.lookup.TextFileInitializer(
                file, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), 2)
            ids = table.lookup(x)
            product = tf.sparse.sparse_dense_matmul(sparse, weight)
            info = v1.saved_model.build_tensor_info
            signatures = {
                "ids": v1.saved_model.build_signature_def({"x": info(x)}, {"ids": info(ids)}, "ids"),
                "product": v1.saved_model.build_signature_def(
                    {"sparse": info(sparse)}, {"product": info(product)}, "product")}
            v1.global_variables_initializer().run()
            v1.tables_initializer().run()
            arguments = dict(
                signature_def_map=signatures, main_op=v1.tables_initializer(),
                assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS),
                strip_default_attrs=True)
            if first:
                builder.add_meta_graph_and_variables(session, names, **arguments)
            else:
                builder.add_meta_graph(names, **arguments)
    builder.save()


MODELS = {"vocabulary": vocabulary, "keras": keras, "types": types, "tags": tags}


def main():
    if len(sys.argv) < 2 or any(name not in MODELS for name in sys.argv[2:]):
        raise SystemExit(__doc__)
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    os.chdir(directory)
    for name in sys.argv[2:] or MODELS:
        MODELS[name](Path(name))
    Path("words.txt").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
