#!/usr/bin/env python3
"""Trains SavedModels of Recal as a layer of TensorFlow Hub in Keras 2.

    python lab_hub.py ANSWERS_DIR SAMPLE_DIR...

As lab_tensorflow.py; needs what requirements-converters.txt names.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf
import tensorflow_hub
import tf_keras

from lab_exchange import NotApplicable, run


def examine(directory, cases, exchange):
    model = tf.saved_model.load(str(directory))
    layers = {}

    def layer(key):
        if key not in layers:
            layers[key] = tensorflow_hub.KerasLayer(
                str(directory), signature=key, signature_outputs_as_dict=True)
        return layers[key]

    def call(key, inputs):
        fed = {name: tf.constant(value) for name, value in inputs.items()}
        return {name: value.numpy() for name, value in layer(key)(fed).items()}

    def train():
        if "train" not in model.signatures:
            raise NotApplicable("It has no training phase.")
        trained = tensorflow_hub.KerasLayer(str(directory), trainable=True)
        name, given = next(iter(model.signatures["serving_default"].structured_input_signature[1].items()))
        shape = [size for size in given.shape[1:]]
        inputs = tf_keras.Input(shape=shape, name=name)
        answer = trained(inputs)
        network = tf_keras.Model(inputs, answer["logits"])
        wanted = len(model.trainable_variables)
        if len(network.trainable_weights) != wanted:
            raise ValueError(f"{len(network.trainable_weights)} trainable weights of {wanted}")
        before = [weight.numpy() for weight in network.trainable_weights]
        network.compile(optimizer=tf_keras.optimizers.SGD(0.01), loss="mse")
        x = np.random.default_rng(1).uniform(size=[4, *shape]).astype(np.float32)
        network.fit(x, np.ones([4, *network.output_shape[1:]], np.float32), epochs=2, verbose=0)
        moved = sum(
            not np.array_equal(old, new.numpy()) for old, new in zip(before, network.trainable_weights))
        if not moved:
            raise ValueError("no weight moved")
        return f"{moved} of {wanted} weights moved"

    exchange.signatures(model.signatures)
    exchange.call_all(cases, call)
    exchange.check("train", train)


if __name__ == "__main__":
    run(f"{tensorflow_hub.__version__} on TensorFlow {tf.__version__}", __doc__, examine)
