#!/usr/bin/env python3
"""Loads SavedModels of Recal with Python's TensorFlow, calls every signature, and tests what Python
can do with a model: gradients, training, Keras, saving again, TFLite.

    python lab_tensorflow.py ANSWERS_DIR SAMPLE_DIR...

SAMPLE_DIR holds a model in model/1 and cases.json; the results go to ANSWERS_DIR/NAME.json. Both are
written and read by the compatibility lab in tools/src/test; java/Exchange.java describes their format.
Needs the packages of requirements-tensorflow.txt.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

import check_with_python
from lab_exchange import NotApplicable, run

# The lab compares all signatures itself, and has no reference of Java's training step.
LEFT_OUT = {"golden", "reference"}


def variables(model):
    return {
        variable.name.removesuffix(":0"): (variable.trainable, variable.numpy())
        for variable in model.variables
    }


def examination(check, subject):
    def run_check():
        try:
            return check(subject)
        except check_with_python.Skipped as reason:
            raise NotApplicable(str(reason)) from reason
    return run_check


def examine(directory, cases, exchange):
    model = tf.saved_model.load(str(directory))
    exchange.signatures(model.signatures)
    exchange.variables(variables(model))

    def call(signature, inputs):
        outputs = model.signatures[signature](**{k: tf.constant(v) for k, v in inputs.items()})
        return {name: value.numpy() for name, value in outputs.items()}

    exchange.call_all(cases, call)
    subject = check_with_python.Subject(directory, directory / "none", None)
    for name, check in check_with_python.CHECKS.items():
        if name not in LEFT_OUT:
            exchange.check(name, examination(check, subject))


if __name__ == "__main__":
    run(tf.__version__, __doc__, examine)
