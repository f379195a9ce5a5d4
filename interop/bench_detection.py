"""bench_detection.py: times Mask R-CNN on ResNet-50 and FPN in Recal and in torchvision, in alternation.

Run from the repository's root with an interpreter that has torch and torchvision, on a machine that does nothing else:

    python interop/bench_detection.py --sizes 2x512x512,1x800x1344 --modes train,infer --precision float32,bfloat16

Prints a row for each size, mode and precision: the medians of both sides in milliseconds, how many times faster Recal is,
the peak resident memory of each side's process, and how many regions and masks each worked on.

Both sides have random weights, a frozen stem and first stage, stored statistics in the backbone, the same objects, and the
published samples: 256 anchors, 512 regions of 2,000 proposals in training, 100 detections of 1,000 proposals otherwise.
Training is forward, backward and the update by SGD with momentum. Inference ends with boxes and masks of 28×28, without
pasting these into the image. Regions are positive from an overlap of 0.01 and any score counts, so that heads with random
weights have as much to do as trained ones. torchvision's resizing is left out. torchvision runs eagerly, in bfloat16 by
autocast, in the fastest of the variants of its memory format that a first round tries.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OVERLAP = 0.01
CLASSES = 80
VARIANTS = ("channels_last", "contiguous")


def share(i, number):
    return math.modf((i + 0.5) * math.sqrt(number))[0]


def objects(height, width, count):
    """The objects of SyntheticScene."""
    import torch

    shorter = min(height, width)
    boxes, masks = [], torch.zeros(count, height, width, dtype=torch.uint8)
    for i in range(count):
        h, w = (shorter * (0.1 + 0.2 * share(i, number)) for number in (2, 3))
        top, left = share(i, 5) * (height - h), share(i, 7) * (width - w)
        boxes.append((left, top, left + w, top + h))
        y = (torch.arange(height)[:, None] + 0.5 - top) / h * 2 - 1
        x = (torch.arange(width)[None, :] + 0.5 - left) / w * 2 - 1
        masks[i] = x**2 + y**2 < 1
    labels = torch.tensor([i * 10 % CLASSES + 1 for i in range(count)])
    return {"boxes": torch.tensor(boxes), "labels": labels, "masks": masks}


def network(channels_last):
    import torch
    from torch import nn
    from torchvision.models import resnet50
    from torchvision.models.detection import MaskRCNN
    from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
    from torchvision.models.detection.image_list import ImageList

    class Normalise(nn.Module):
        """In place of torchvision's transform, which also resizes."""

        def __init__(self):
            super().__init__()
            self.mean = torch.tensor((0.485, 0.456, 0.406))[None, :, None, None]
            self.deviation = torch.tensor((0.229, 0.224, 0.225))[None, :, None, None]

        def forward(self, images, targets=None):
            batch = (images - self.mean) / self.deviation
            return ImageList(batch, [tuple(batch.shape[-2:])] * len(batch)), targets

        def postprocess(self, result, sizes, originals):
            return result

    # Branches start at 0: without trained statistics, activations would grow from block to block.
    body = resnet50(weights=None, zero_init_residual=True)
    model = MaskRCNN(
        _resnet_fpn_extractor(body, 3), CLASSES + 1, box_fg_iou_thresh=OVERLAP, box_bg_iou_thresh=OVERLAP, box_score_thresh=0
    )
    model.transform = Normalise()
    return model.to(memory_format=torch.channels_last) if channels_last else model


def counted(module, counts, name):
    module.register_forward_pre_hook(lambda module, inputs: counts.__setitem__(name, len(inputs[0])))


def torchvision_runs(options):
    """Runs in this process; returns their seconds and what they worked on."""
    import torch

    torch.set_num_threads(options.threads)
    images, height, width = map(int, options.size.split("x"))
    channels_last = options.variant == "channels_last"
    torch.manual_seed(1)
    model = network(channels_last)
    counts = {"objects": 0}
    counted(model.roi_heads.box_head, counts, "regions")
    counted(model.roi_heads.mask_head, counts, "masks")
    batch = torch.rand(images, 3, height, width)
    if channels_last:
        batch = batch.contiguous(memory_format=torch.channels_last)
    training = options.mode == "train"
    model.train(training)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    for part in (model.backbone.body.conv1, model.backbone.body.bn1, model.backbone.body.layer1):
        part.requires_grad_(False)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.SGD(trained, lr=1e-4, momentum=0.9, weight_decay=1e-4, fused=True)
    targets = [objects(height, width, options.objects) for _ in range(images)]
    autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bfloat16")

    def train():
        optimiser.zero_grad(set_to_none=True)
        with autocast:
            loss = sum(model(batch, targets).values())
        loss.backward()
        optimiser.step()

    def infer():
        with torch.inference_mode(), autocast:
            counts["objects"] = sum(len(found["boxes"]) for found in model(batch))

    seconds = []
    for repeat in range(-options.warmup, options.repeats):
        start = time.perf_counter()
        train() if training else infer()
        if repeat >= 0:
            seconds.append(time.perf_counter() - start)
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    return counts | {"repeats": seconds, "peakBytes": peak}


def answer(command):
    environment = os.environ | {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def arguments(options, size, mode, precision, repeats):
    command = ["--size", size, "--mode", mode, "--precision", precision, "--objects", options.objects]
    return command + ["--repeats", repeats]


def recal(options, case):
    command = [HERE.parent / "recal", "bench", "detection", "--json", "--warm-up", options.warmup]
    return answer(command + arguments(options, *case, options.repeats))[0]


def torchvision(options, case, variant, repeats):
    command = [sys.executable, __file__, "--worker", "--variant", variant, "--warmup", options.warmup]
    return answer(command + ["--threads", options.threads] + arguments(options, *case, repeats))


def fastest(options, case):
    times = {}
    for variant in VARIANTS:
        times[variant] = min(torchvision(options, case, variant, 2)["repeats"])
    return min(times, key=times.get)


def worked_on(runs):
    return "/".join(str(runs[-1][name]) for name in ("regions", "masks", "objects"))


def compare(options, case):
    variant = options.variant or fastest(options, case)
    ours, theirs = [], []
    for round in range(options.rounds):
        sides = [(ours, lambda: recal(options, case)), (theirs, lambda: torchvision(options, case, variant, options.repeats))]
        for runs, measure in sides if round % 2 == 0 else reversed(sides):
            runs.append(measure())
    medians = [statistics.median(s for run in runs for s in run["repeats"]) * 1e3 for runs in (ours, theirs)]
    peaks = [max(run["peakBytes"] for run in runs) / 2**30 for runs in (ours, theirs)]
    size, mode, precision = case
    print(
        f"| {size.replace('x', '×')} | {mode} | {precision} | {medians[0]:.0f} | {medians[1]:.0f} |"
        f" {medians[1] / medians[0]:.2f} | {peaks[0]:.1f} | {peaks[1]:.1f} | {worked_on(ours)} | {worked_on(theirs)} |"
        f" {variant} |",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", "--size", dest="size", default="2x512x512,1x800x1344", help="images x height x width")
    parser.add_argument("--modes", "--mode", dest="mode", default="train,infer")
    parser.add_argument("--precision", default="float32,bfloat16")
    parser.add_argument("--objects", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2, help="how often both sides start, in alternation")
    parser.add_argument("--repeats", type=int, default=5, help="of each start")
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--variant", choices=VARIANTS, help="torchvision's memory format; the faster one by default")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(torchvision_runs(options)))
        return
    print("| images | mode | precision | Recal ms | torchvision ms | ratio | Recal GiB | torchvision GiB "
          "| Recal regions/masks/objects | torchvision | memory format |")
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for size in options.size.split(","):
        for precision in options.precision.split(","):
            for mode in options.mode.split(","):
                compare(options, (size, mode, precision))


if __name__ == "__main__":
    main()
