"""torch_faces.py CASE.safetensors OUT.safetensors …: one training step of a MobileFaceNet with an ArcFace head in
PyTorch, from the equations.

Several pairs of files are allowed. Variables have Recal's names, kernels are (height, width, in, out), depthwise ones
(height, width, C, 1), maps (N, H, W, C). Everything is computed in float64.

CASE has the variables of the network, the momenta ("momentum:NAME"), "images" (N, H, W, 3) in 0–1 and "labels" (N),
as numbers. Its metadata holds "stages" ("expansion,channels,repeats,stride;…"), "margin", "scale", "rate" (of
learning), "momentum", "decay", and "late_decay", which is that of the layers after the global depthwise convolution;
the slopes of PReLU do not decay.

OUT has "loss", "far", the number of images whose angle plus the margin
exceeds π, the new momenta, and the new variables by name, statistics included.
"""

import math
import sys

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file

EPSILON = 1e-5
KEPT = 0.9
STATISTICS = ("moving_mean", "moving_variance")
LATE = ("embedding/", "head/")


class Network:
    """The network over variables by name; statistics of the batch are kept in `statistics`."""

    def __init__(self, variables, stages):
        self.variables = variables
        self.stages = stages
        self.statistics = {}

    def unit(self, at, x, suffix="", stride=1, depthwise=False, whole=False, active=True):
        kernel = self.variables[f"{at}/conv{suffix}/kernel"]
        padding = 0 if whole else kernel.shape[0] // 2
        if depthwise:
            x = F.conv2d(x, kernel.permute(2, 3, 0, 1), stride=stride, padding=padding, groups=x.shape[1])
        else:
            x = F.conv2d(x, kernel.permute(3, 2, 0, 1), stride=stride, padding=padding)
        x = self.batch_norm(f"{at}/bn{suffix}", x)
        if not active:
            return x
        slope = self.variables[f"{at}/activation{suffix}/slope"][:, None, None]
        return torch.where(x > 0, x, slope * x)

    def batch_norm(self, at, x):
        mean = x.mean((0, 2, 3))
        variance = x.var((0, 2, 3), unbiased=False)
        count = x.numel() / x.shape[1]
        for name, value in zip(STATISTICS, (mean, variance * count / (count - 1))):
            old = self.variables[f"{at}/{name}"]
            self.statistics[f"{at}/{name}"] = KEPT * old + (1 - KEPT) * value.detach()
        scaled = (x - mean[:, None, None]) / (variance + EPSILON).sqrt()[:, None, None]
        gamma, beta = self.variables[f"{at}/gamma"], self.variables[f"{at}/beta"]
        return scaled * gamma[:, None, None] + beta[:, None, None]

    def embedding(self, images):
        x = (images - 0.5) / 0.5
        x = self.unit("stem", x, stride=2)
        x = self.unit("stem/depthwise", x, depthwise=True)
        for number, (_, channels, repeats, stride) in enumerate(self.stages):
            for block in range(repeats):
                at = f"stage{number + 1}/block{block}"
                step = stride if block == 0 else 1
                y = self.unit(at, x, "1")
                y = self.unit(at, y, "2", stride=step, depthwise=True)
                y = self.unit(at, y, "3", active=False)
                x = x + y if step == 1 and x.shape[1] == channels else y
        x = self.unit("last", x)
        x = self.unit("pool", x, depthwise=True, whole=True, active=False)
        return self.unit("embedding", x, active=False).flatten(1)


def arc_face(embedding, kernel, labels, margin, scale):
    """Returns the logits with the margin at the labels, and which angles are too far for it."""
    cosines = F.normalize(embedding, dim=1) @ F.normalize(kernel, dim=0)
    right = F.one_hot(labels, cosines.shape[1]).bool()
    sines = (1 - cosines.square()).sqrt()
    turned = cosines * math.cos(margin) - sines * math.sin(margin)
    far = cosines <= math.cos(math.pi - margin)
    moved = torch.where(far, cosines - margin * math.sin(margin), turned)
    return scale * torch.where(right, moved, cosines), far & right


def step(case, metadata):
    images = case["images"].permute(0, 3, 1, 2)
    labels = case["labels"].long()
    variables = {k: v for k, v in case.items() if "/" in k and not k.startswith("momentum:")}
    trained = [name for name in variables if name.split("/")[-1] not in STATISTICS]
    for name in trained:
        variables[name].requires_grad_()
    stages = [[int(number) for number in stage.split(",")] for stage in metadata["stages"].split(";")]
    network = Network(variables, stages)
    embedding = network.embedding(images)
    margin, scale = float(metadata["margin"]), float(metadata["scale"])
    compared, far = arc_face(embedding, variables["head/kernel"], labels, margin, scale)
    loss = F.cross_entropy(compared, labels)
    gradients = torch.autograd.grad(loss, [variables[name] for name in trained])
    results = {"loss": loss, "far": far.sum().double()}
    for name, gradient in zip(trained, gradients):
        decay = float(metadata["late_decay" if name.startswith(LATE) else "decay"])
        if name.endswith("/slope"):
            decay = 0
        moment = float(metadata["momentum"]) * case["momentum:" + name] + gradient + decay * variables[name]
        results["momentum:" + name] = moment
        results[name] = variables[name] - float(metadata["rate"]) * moment
    results.update(network.statistics)
    return {name: value.detach().contiguous().reshape(value.shape or (1,)) for name, value in results.items()}


def main(paths):
    for source, target in zip(paths[::2], paths[1::2]):
        with safe_open(source, "pt") as file:
            case = {name: file.get_tensor(name).double() for name in file.keys()}
            metadata = file.metadata()
        save_file(step(case, metadata), target)


if __name__ == "__main__":
    main(sys.argv[1:])
