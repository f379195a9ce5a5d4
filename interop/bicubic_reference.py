"""bicubic_reference.py IN.safetensors OUT.safetensors …: anti-aliased bicubic resizing, written from its definition.

Several pairs of files are allowed. IN holds "image" (N, H, W, C) in -1..1; its metadata holds "factor", and optionally
"height" and "width", to which the result is cropped at the bottom and right. OUT receives "resized" (float64).

bicubic_reference.py selftest: compares the result with a direct loop over the definition and, where Pillow is
installed, with Pillow's filter away from the borders.

An image is first quantised to 8 bit, floor(255 · (x + 1) / 2). The kernel is Keys' with a = -0.5. For a factor below 1
it is stretched to factor · cubic(factor · x). Weights are normalised to a sum of 1, and pixels outside the image are
reflected with the border repeated (… 2 1 | 1 2 … L | L L-1 …). The result isn't rounded.
"""

import math
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file


def cubic(x):
    """Keys' kernel with a = -0.5; its support is 4."""
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0.0))


def resized_length(length, factor):
    return math.ceil(length * factor - 1e-6)


def matrix(length, factor):
    """The weights (output, input) of one axis."""
    stretch = min(factor, 1.0)
    reach = 2 / stretch
    count = resized_length(length, factor)
    centres = np.arange(1, count + 1) / factor + 0.5 * (1 - 1 / factor)
    first = np.floor(centres - reach).astype(int)
    taps = first[:, None] + np.arange(math.ceil(2 * reach) + 2)
    weights = stretch * cubic(stretch * (centres[:, None] - taps))
    weights /= weights.sum(1, keepdims=True)
    # From 1 to L; the reflected image repeats every 2 L pixels.
    at = (taps - 1) % (2 * length)
    at = np.where(at < length, at, 2 * length - 1 - at)
    found = np.zeros((count, length))
    np.add.at(found, (np.arange(count)[:, None], at), weights)
    return found


def quantised(image):
    return np.floor(255 * np.clip((image.astype(np.float64) + 1) / 2, 0, 1))


def resize(image, factor):
    """(N, H, W, C) in -1..1 to (N, ceil(H · factor), ceil(W · factor), C) in -1..1."""
    rows, columns = (matrix(length, factor) for length in image.shape[1:3])
    levels = np.einsum("ih,nhwc,jw->nijc", rows, quantised(image), columns, optimize=True)
    return np.clip(2 * levels / 255 - 1, -1, 1)


def main(case, out):
    with safe_open(case, "numpy") as file:
        metadata = file.metadata()
        image = file.get_tensor("image")
    result = resize(image, float(metadata["factor"]))
    height = int(metadata.get("height", result.shape[1]))
    width = int(metadata.get("width", result.shape[2]))
    if height > result.shape[1] or width > result.shape[2]:
        size = f"{result.shape[1]}x{result.shape[2]}"
        raise ValueError(f"height, width: expected at most {size}, but got {height}x{width}.")
    result = result[:, :height, :width]
    save_file({"resized": np.ascontiguousarray(result)}, out)


def looped(image, factor, row, column, channel):
    """One output value by a two-dimensional sum over the definition; row and column from 0."""

    def taps(index, length):
        stretch = min(factor, 1.0)
        centre = (index + 1) / factor + 0.5 * (1 - 1 / factor)
        found = []
        for tap in range(math.floor(centre - 2 / stretch) - 1, math.ceil(centre + 2 / stretch) + 2):
            at = tap
            while not 1 <= at <= length:
                at = 1 - at if at < 1 else 2 * length + 1 - at
            x = abs(stretch * (centre - tap))
            if x <= 1:
                weight = (1.5 * x - 2.5) * x * x + 1
            elif x <= 2:
                weight = ((-0.5 * x + 2.5) * x - 4) * x + 2
            else:
                weight = 0.0
            found.append((at - 1, weight))
        return found

    total = norm = 0.0
    for y, down in taps(row, image.shape[1]):
        for x, across in taps(column, image.shape[2]):
            level = math.floor(255 * min(max((float(image[0, y, x, channel]) + 1) / 2, 0), 1))
            total += down * across * level
            norm += down * across
    return min(max(2 * total / norm / 255 - 1, -1), 1)


def selftest():
    random = np.random.default_rng(3)
    image = random.uniform(-1.2, 1.2, (1, 11, 17, 2))
    for factor in (0.13, 0.5, 0.75, 0.7937, 1.0, 4 / 3, 2.5):
        result = resize(image, factor)
        expected = np.empty_like(result)
        for place in np.ndindex(result.shape[1:]):
            expected[(0, *place)] = looped(image, factor, *place)
        difference = np.abs(result - expected).max()
        print(f"factor {factor:.4f}: {result.shape[1:3]}, difference from the loop {difference:.1e}")
        assert difference < 1e-12
    again = resize(image, 1.0)
    assert np.abs(again - (2 * quantised(image) / 255 - 1)).max() < 1e-12
    compare_with_pillow(random)


def compare_with_pillow(random):
    try:
        from PIL import Image
    except ImportError:
        print("Pillow isn't installed: not compared.")
        return
    levels = np.floor(random.uniform(60, 200, (64, 96)))
    image = (2 * (levels + 0.5) / 255 - 1)[None, :, :, None]
    for factor in (0.25, 0.75, 1.5):
        result = (resize(image, factor)[0, :, :, 0] + 1) * 127.5
        size = (result.shape[1], result.shape[0])
        theirs = np.asarray(Image.fromarray(levels.astype(np.float32)).resize(size, Image.BICUBIC))
        # Pillow drops the pixels outside the image instead of reflecting.
        inner = (slice(4, -4), slice(4, -4))
        difference = np.abs(result - theirs)[inner].max()
        print(f"factor {factor:.4f}: difference from Pillow {difference:.1e} of 255 levels")
        assert difference < 1e-3


if __name__ == "__main__":
    if sys.argv[1:] == ["selftest"]:
        selftest()
    else:
        for case, out in zip(sys.argv[1::2], sys.argv[2::2]):
            main(case, out)
