"""bench_roi_align.py: times RoIAlign and the gradient of its maps in Recal and in torchvision, in alternation.

Run from the repository's root with an interpreter that has torch and torchvision, on a machine that does nothing else:

    python interop/bench_roi_align.py --sizes 7,14

Each row is one size of the pooled regions: the medians of both, and how many times faster Recal is. The maps are the four
levels of one image, and each region is pooled from the level that fits its size, with 2×2 samples a bin. torchvision runs
roi_align on the regions of each level, as its MultiScaleRoIAlign does. Both pool the same regions.
"""

import argparse
import json
import math
import statistics
import subprocess
import time
from pathlib import Path

import torch
from torchvision.ops import roi_align

HERE = Path(__file__).resolve().parent
STRIDES = (4, 8, 16, 32)


def share(i, number):
    return math.modf((i + 0.5) * math.sqrt(number))[0]


def regions(options):
    """The regions of RoiAlignBench.boxes."""
    boxes = []
    for i in range(options.regions):
        side = 16 * 32 ** share(i, 2)
        shape = math.sqrt(0.5 * 4 ** share(i, 3))
        width, height = min(options.width, side * shape), min(options.height, side / shape)
        x, y = share(i, 5) * (options.width - width), share(i, 7) * (options.height - height)
        boxes.append((0, x, y, x + width, y + height))
    return torch.tensor(boxes)


def pooled(maps, boxes, levels, size):
    result = torch.zeros(len(boxes), maps[0].shape[1], size, size)
    for level, features in enumerate(maps):
        found = torch.where(levels == level)[0]
        result[found] = roi_align(features, boxes[found], (size, size), 1 / STRIDES[level], 2)
    return result


def torchvision_seconds(options, size):
    boxes = regions(options)
    sides = torch.sqrt((boxes[:, 3] - boxes[:, 1]) * (boxes[:, 4] - boxes[:, 2]))
    levels = torch.floor(torch.log2(sides / 56 + 1e-6)).clamp(0, 3).long()
    channels, height, width = options.channels, options.height, options.width
    maps = [torch.rand(1, channels, height // s, width // s, requires_grad=True) for s in STRIDES]
    gradient = torch.rand(len(boxes), channels, size, size)
    forward, backward = [], []
    for repeat in range(-options.warmup, options.repeats):
        start = time.perf_counter()
        output = pooled(maps, boxes, levels, size)
        middle = time.perf_counter()
        torch.autograd.grad(output, maps, gradient)
        end = time.perf_counter()
        if repeat >= 0:
            forward.append(middle - start)
            backward.append(end - middle)
    both = [a + b for a, b in zip(forward, backward)]
    return tuple(statistics.median(values) for values in (forward, backward, both))


def recal_seconds(options, size):
    command = [HERE.parent / "recal", "bench", "roi-align", "--json", "--size", size, "--regions", options.regions]
    command += ["--height", options.height, "--width", options.width, "--channels", options.channels]
    command += ["--repeats", options.repeats, "--warm-up", options.warmup]
    answer = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout
    row = json.loads(answer)[0]
    return row["forwardSeconds"], row["backwardSeconds"], row["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--height", type=int, default=800)
    parser.add_argument("--width", type=int, default=1344)
    parser.add_argument("--channels", type=int, default=256)
    parser.add_argument("--regions", type=int, default=512)
    parser.add_argument("--sizes", default="7,14")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print("size pass      recal ms  torchvision ms  ratio", flush=True)
    for size in map(int, options.sizes.split(",")):
        ours, theirs = recal_seconds(options, size), torchvision_seconds(options, size)
        for name, mine, other in zip(("forward", "backward", "both"), ours, theirs):
            print(f"{size:4} {name:8} {mine * 1e3:9.1f} {other * 1e3:15.1f} {other / mine:6.2f}", flush=True)


if __name__ == "__main__":
    main()
