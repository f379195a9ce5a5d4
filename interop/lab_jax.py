#!/usr/bin/env python3
"""Calls SavedModels of Recal from JAX by call_tf, compiled, and takes gradients through them.

    python lab_jax.py ANSWERS_DIR SAMPLE_DIR...

As lab_tensorflow.py; needs what requirements-converters.txt names.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import jax
import numpy as np
import tensorflow as tf
from jax.experimental import jax2tf

from lab_exchange import NotApplicable, decode, of_files, run


def examine(directory, cases, exchange):
    model = tf.saved_model.load(str(directory))
    files = {case["signature"] for case in cases if of_files(case)}

    def function(key):
        signature = model.signatures[key]
        names = sorted(signature.structured_input_signature[1])

        def called(*values):
            return signature(**dict(zip(names, values)))

        return names, jax2tf.call_tf(called)

    def call(key, inputs):
        if key in files:
            raise NotApplicable("JAX has no strings.")
        names, called = function(key)
        outputs = jax.jit(called)(*(inputs[name] for name in names))
        return {name: np.asarray(value) for name, value in outputs.items()}

    def gradient():
        case = next(case for case in cases if case["signature"] == "serving_default")
        if "detection_boxes" in case["outputs"]:
            raise NotApplicable("A detector is trained on anchors and regions that are not exported.")
        names, called = function("serving_default")
        values = [decode(case["inputs"][name]) for name in names]

        def objective(*values):
            return sum((value ** 2).sum() for value in called(*values).values())

        # A pyramid truncates images between its scales to 8 bit, which only the last input is above.
        slopes = jax.grad(objective, argnums=tuple(range(len(values))))(*values)
        for slope, value in zip(map(np.asarray, slopes), values):
            if slope.shape != value.shape or not np.isfinite(slope).all():
                raise ValueError("the gradient is not finite")
        if not np.asarray(slopes[-1]).any():
            raise ValueError("the gradient is zero")

    exchange.signatures(model.signatures)
    exchange.call_all(cases, call)
    exchange.check("gradient", gradient)


if __name__ == "__main__":
    run(f"{jax.__version__} on TensorFlow {tf.__version__}", __doc__, examine)
