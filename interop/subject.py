"""The models that check_with_python.py tests: a classifier, generator, style network or detector."""

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

# The height and width at which a detector is tested, whose images have any.
SCENE = (64, 96)

# Those at which a style network is tested, and those of style images.
PHOTOGRAPH = (35, 50)
STYLE = (24, 31)


class Subject:
    """A model's directory, and the operations of all checks: labels of a classifier, images of a
    generator or of a style network, or objects of a detector."""

    def __init__(self, directory, reference, resave):
        self.directory = directory
        self.reference = reference
        self.resaved = resave
        self.model = self.load()  # For models without updates.
        signature = self.model.signatures["serving_default"]
        self.specs = signature.structured_input_signature[1]
        self.detects = "detection_boxes" in signature.structured_outputs
        names = sorted(self.specs)
        self.stylizes = "stylized" in signature.structured_outputs
        self.generates = names == ["z"] or names[0] == "noise0" or self.stylizes
        require(self.generates or len(names) == 1,
                f"serving_default takes {names}, but expected one input, noise maps, or styles")
        self.trains = not self.generates and not self.detects
        random = np.random.default_rng(7)
        self.given = self.draw(random)
        self.outputs = self.model(**self.given)
        if self.detects:
            self.result = "detection_scores"
        elif self.generates:
            self.result = "stylized" if self.stylizes else "images"
            self.targets = self.model(**self.draw(random))[self.result]
        else:
            self.result = "logits"
            self.targets = (np.arange(8) % self.outputs[self.result].shape[1]).astype(np.int32)

    def draw(self, random):
        """Returns {name: array} with a batch of 8."""
        if self.detects:
            return {"images": self.scenes(random, 8)}
        if self.stylizes:
            # In the order of the function's arguments, which that of a signature's inputs is not.
            names = [name for name in ("images", "styles", "strength") if name in self.specs]
            return {name: self.pictures(random, name) for name in names}
        if "noise0" not in self.specs:
            draw = random.standard_normal if self.generates else random.random
            return {name: draw((8, *spec.shape[1:]), np.float32) for name, spec in self.specs.items()}
        maps = {}
        for scale in range(len(self.specs)):
            size = [math.ceil(length / FACTOR ** scale) for length in SMALLEST]
            name = f"noise{scale}"
            maps[name] = random.standard_normal((8, *size, self.specs[name].shape[-1]), np.float32)
        return maps

    @staticmethod
    def scenes(random, count):
        """Returns images of noise with rectangles of one colour."""
        images = random.random((count, *SCENE, 3), np.float32)
        for image in images:
            for _ in range(4):
                top, left = (random.integers(0, side - 16) for side in SCENE)
                height, width = random.integers(16, 48, 2)
                image[top:top + height, left:left + width] = random.random(3)
        return images

    @staticmethod
    def pictures(random, name):
        """Returns the images or the styles that a style network takes, or the strength."""
        if name == "strength":
            return np.float32(0.8)
        return random.random((8, *(STYLE if name == "styles" else PHOTOGRAPH), 3), np.float32)

    def first(self, count):
        """Returns the inputs of the first elements of the batch."""
        return {name: value[:count] if np.ndim(value) else value
                for name, value in self.given.items()}

    def load(self):
        return tf.saved_model.load(str(self.directory))

    def loss(self, outputs, targets=None):
        targets = self.targets if targets is None else targets
        if self.generates:
            return tf.reduce_mean(tf.square(outputs[self.result] - targets))
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=targets, logits=outputs[self.result]))

    def require_gradient(self):
        if self.detects:
            raise Skipped("a detector is trained on sampled anchors and regions, which are not exported")

    def require_training(self):
        self.require_gradient()
        if self.stylizes:
            raise Skipped("a style network is trained with a loss network, which is not exported")
        if not self.trains:
            raise Skipped("a generator is trained with a discriminator, which is not exported")
