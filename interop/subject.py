"""The models that check_with_python.py tests: an image classifier, or an image generator."""

import math

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


# The scales at which a generator of one image is tested.
FACTOR = 0.75
SMALLEST = (23, 30)


class Subject:
    """A model's directory, and the operations of all checks: labels of a classifier, or images of a
    generator."""

    def __init__(self, directory, reference, resave):
        self.directory = directory
        self.reference = reference
        self.resaved = resave
        self.model = self.load()  # For models without updates.
        self.specs = self.model.signatures["serving_default"].structured_input_signature[1]
        names = sorted(self.specs)
        self.generates = names == ["z"] or names[0] == "noise0"
        require(self.generates or len(names) == 1,
                f"serving_default takes {names}, but expected one input, or noise maps")
        self.trains = not self.generates
        random = np.random.default_rng(7)
        self.given = self.draw(random)
        self.outputs = self.model(**self.given)
        if self.generates:
            self.result = "images"
            self.targets = self.model(**self.draw(random))[self.result]
        else:
            self.result = "logits"
            self.targets = (np.arange(8) % self.outputs[self.result].shape[1]).astype(np.int32)

    def draw(self, random):
        """Returns {name: array} with a batch of 8."""
        if "noise0" not in self.specs:
            draw = random.standard_normal if self.generates else random.random
            return {name: draw((8, *spec.shape[1:]), np.float32) for name, spec in self.specs.items()}
        maps = {}
        for scale in range(len(self.specs)):
            size = [math.ceil(length / FACTOR ** scale) for length in SMALLEST]
            name = f"noise{scale}"
            maps[name] = random.standard_normal((8, *size, self.specs[name].shape[-1]), np.float32)
        return maps

    def first(self, count):
        """Returns the inputs of the first elements of the batch."""
        return {name: value[:count] for name, value in self.given.items()}

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
