#!/usr/bin/env python3
"""Compiles every signature of SavedModels of Recal with XLA (jit_compile=True) and calls it.

    python lab_xla.py ANSWERS_DIR SAMPLE_DIR...

As lab_tensorflow.py; needs what requirements-converters.txt names.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

from lab_exchange import NotApplicable, of_files, run


def examine(directory, cases, exchange):
    model = tf.saved_model.load(str(directory))
    files = {case["signature"] for case in cases if of_files(case)}
    compiled = {
        key: tf.function(signature, jit_compile=True) for key, signature in model.signatures.items()
    }

    def call(key, inputs):
        if key in files:
            raise NotApplicable("XLA has no strings.")
        outputs = compiled[key](**{name: tf.constant(value) for name, value in inputs.items()})
        return {name: value.numpy() for name, value in outputs.items()}

    exchange.signatures(model.signatures)
    exchange.call_all(cases, call)


if __name__ == "__main__":
    run(tf.__version__, __doc__, examine)
