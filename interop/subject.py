"""The models that check_with_python.py tests: an image classifier, or an image generator."""

import numpy as np
import tensorflow as tf

from load_with_python import relative_error

# Two runtimes round differently; gradients may differ by more than outputs.
ANSWERS = 1e-4
GRADIENTS = 2e-3


class Failure(Exception):
    """A failed check."""


class Skipped(Exception):
    """A check that does not apply."""


def require(condition, message):
    if not condition:
        raise Failure(message)


def close(actual, expected, tolerance, what):
    error = relative_error(actual, expected)
    require(error <= tolerance, f"{what} is off by {error:.1e}, at most {tolerance:.0e} expected")
    return error


class Subject:
    """A model's directory, and the operations of all checks: labels of a classifier, or images of a
    generator."""

    def __init__(self, directory, reference, resave):
        self.directory = directory
        self.reference = reference
        self.resaved = resave
        self.model = self.load()  # For models without updates.
        spec = self.model.signatures["serving_default"].structured_input_signature[1]
        require(len(spec) == 1, f"serving_default takes {sorted(spec)}, but expected one input")
        (self.input, self.spec), = spec.items()
        random = np.random.default_rng(7)
        shape = (8, *self.spec.shape[1:])
        self.generates = self.input == "z"
        self.trains = not self.generates
        if self.generates:
            self.result = "images"
            self.given = random.standard_normal(shape, np.float32)
            self.outputs = self.model(self.given)
            self.targets = self.model(random.standard_normal(shape, np.float32))[self.result]
        else:
            self.result = "logits"
            self.given = random.random(shape, np.float32)
            self.outputs = self.model(self.given)
            self.targets = (np.arange(8) % self.outputs[self.result].shape[1]).astype(np.int32)

    def load(self):
        return tf.saved_model.load(str(self.directory))

    def loss(self, outputs, targets=None):
        targets = self.targets if targets is None else targets
        if self.generates:
            return tf.reduce_mean(tf.square(outputs[self.result] - targets))
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=targets, logits=outputs[self.result]))

    def require_training(self):
        if not self.trains:
            raise Skipped("a generator is trained with a discriminator, which is not exported")
