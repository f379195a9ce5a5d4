#!/usr/bin/env python3
"""Converts every signature of SavedModels of Recal with TensorFlow's converter and calls it with LiteRT.

    python lab_litert.py ANSWERS_DIR SAMPLE_DIR...

As lab_tensorflow.py; needs what requirements-converters.txt names.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from importlib.metadata import version

import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from lab_exchange import NotApplicable, Once, of_files, run


def examine(directory, cases, exchange):
    model = tf.saved_model.load(str(directory))
    files = {case["signature"] for case in cases if of_files(case)}

    @Once
    def interpreter(key):
        converter = tf.lite.TFLiteConverter.from_saved_model(str(directory), signature_keys=[key])
        return Interpreter(model_content=converter.convert())

    def call(key, inputs):
        if key in files:
            raise NotApplicable("LiteRT has no operations that read or write files of images.")
        return interpreter(key).get_signature_runner(key)(**inputs)

    exchange.signatures(model.signatures)
    exchange.call_all(cases, call)


if __name__ == "__main__":
    run(f"{version('ai-edge-litert')} after TensorFlow {tf.__version__}", __doc__, examine)
