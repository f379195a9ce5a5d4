"""torch_style.py CASE.safetensors OUT.safetensors …: one training step of a style network in PyTorch, from the equations.

Several pairs of files are allowed. Variables have Recal's names, kernels are (height, width, in, out) and those of
transposed convolutions (height, width, out, in), maps (N, H, W, C). Everything is computed in float64.

CASE has the variables of the network, the slots of Adam ("first_moment:NAME", "second_moment:NAME"), "images"
(N, H, W, 3) in 0–1, "style" of the same form, and the kernels of the loss network, "loss:0" and so on: convolutions of
stride 2 with TensorFlow's SAME padding and a leaky ReLU. Its metadata holds "variant" (johnson or pytorch), "norm"
(in or bn), "recalibration" (none, se or srm), "blocks", "rate", "content" and "style" (maps and weights, as
"1:1e5,2:3"), "variation", and "step", the steps done before.

OUT has "content", "style_loss", "total_variation", "gradient:NAME", and the new variables by name, statistics
included.
"""

import sys

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file

EPSILON = 1e-5
KEPT = 0.9
MEAN = (123.68, 116.779, 103.939)
STATISTICS = ("moving_mean", "moving_variance")


class Network:
    """The network over variables by name; statistics of the batch are kept in `statistics`."""

    def __init__(self, variables, metadata):
        self.variables = variables
        self.metadata = metadata
        self.statistics = {}
        self.johnson = metadata["variant"] == "johnson"

    def convolution(self, at, x, stride=1, padding=None):
        kernel = self.variables[f"{at}/kernel"].permute(3, 2, 0, 1)
        border = kernel.shape[-1] // 2
        if padding == "valid":
            pass
        elif self.johnson:
            x = F.pad(x, (border,) * 4)
        else:
            x = F.pad(x, (border,) * 4, mode="reflect")
        return F.conv2d(x, kernel, self.variables[f"{at}/bias"], stride=stride)

    def batch_norm(self, at, x):
        mean = x.mean((0, 2, 3))
        variance = x.var((0, 2, 3), unbiased=False)
        count = x.numel() / x.shape[1]
        unbiased = variance * count / (count - 1)
        for name, value in zip(STATISTICS, (mean, unbiased)):
            old = self.variables[f"{at}/{name}"]
            self.statistics[f"{at}/{name}"] = KEPT * old + (1 - KEPT) * value.detach()
        scaled = (x - mean[:, None, None]) / (variance + EPSILON).sqrt()[:, None, None]
        return self.affine(at, scaled)

    def affine(self, at, x):
        gamma, beta = self.variables[f"{at}/gamma"], self.variables[f"{at}/beta"]
        return x * gamma[:, None, None] + beta[:, None, None]

    def norm(self, at, x):
        if self.metadata["norm"] == "bn":
            return self.batch_norm(at, x)
        mean = x.mean((2, 3), keepdim=True)
        variance = x.var((2, 3), unbiased=False, keepdim=True)
        return self.affine(at, (x - mean) / (variance + EPSILON).sqrt())

    def unit(self, at, x):
        """What follows a convolution, without the activation."""
        x = self.norm(f"{at}/bn", x)
        if self.metadata["recalibration"] == "se":
            squeezed = F.relu(self.dense(f"{at}/recalibration/reduce", x.mean((2, 3))))
            gate = torch.sigmoid(self.dense(f"{at}/recalibration/expand", squeezed))
            return x * gate[:, :, None, None]
        if self.metadata["recalibration"] == "srm":
            pooled = torch.stack((x.mean((2, 3)), (x.var((2, 3)) + EPSILON).sqrt()), 2)
            logits = (pooled * self.variables[f"{at}/recalibration/cfc"]).sum(2)
            gate = torch.sigmoid(self.batch_norm(f"{at}/recalibration/bn", logits[:, :, None, None]))
            return x * gate
        return x

    def dense(self, at, x):
        return x @ self.variables[f"{at}/kernel"] + self.variables[f"{at}/bias"]

    def up(self, at, x):
        if not self.johnson:
            return self.convolution(at, F.interpolate(x, scale_factor=2, mode="nearest"))
        kernel = self.variables[f"{at}/kernel"].permute(3, 2, 0, 1)
        bias = self.variables[f"{at}/bias"]
        return F.conv_transpose2d(x, kernel, bias, stride=2, padding=1, output_padding=1)

    def __call__(self, images):
        mean = torch.tensor(MEAN, dtype=torch.float64)[:, None, None]
        blocks = int(self.metadata["blocks"])
        x = 255 * images - (mean if self.johnson else 0)
        if self.johnson:
            x = F.pad(x, (8 * blocks,) * 4, mode="reflect")
        for i in range(3):
            x = F.relu(self.unit(f"down{i}", self.convolution(f"down{i}/conv", x, stride=1 if i == 0 else 2)))
        padding = "valid" if self.johnson else None
        for i in range(blocks):
            y = self.convolution(f"block{i}/first/conv", x, padding=padding)
            y = F.relu(self.unit(f"block{i}/first", y))
            y = self.unit(f"block{i}/second", self.convolution(f"block{i}/second/conv", y, padding=padding))
            x = y + (x[:, :, 2:-2, 2:-2] if self.johnson else x)
        for i in range(2):
            x = F.relu(self.unit(f"up{i}", self.up(f"up{i}/conv", x)))
        x = self.convolution("output/conv", x)
        return (150 * torch.tanh(x) + mean) / 255 if self.johnson else x / 255


def features(case, images):
    """The maps of the loss network for images in 0–1."""
    maps, x, index = [], 2 * images - 1, 0
    while f"loss:{index}" in case:
        kernel = case[f"loss:{index}"].permute(3, 2, 0, 1)
        borders = []
        for size in (x.shape[3], x.shape[2]):
            total = max((-(-size // 2) - 1) * 2 + 3 - size, 0)
            borders += [total // 2, total - total // 2]
        x = F.leaky_relu(F.conv2d(F.pad(x, borders), kernel, stride=2), 0.2)
        maps.append(x)
        index += 1
    return maps


def adam_step(case, metadata, variables, losses):
    """The losses, the gradients of their sum, and the variables after a step of Adam."""
    gradients = torch.autograd.grad(sum(losses.values()), list(variables.values()))
    results = dict(losses)
    number, rate = int(metadata["step"]) + 1, float(metadata["rate"])
    size = rate * (1 - 0.999**number) ** 0.5 / (1 - 0.9**number)
    for (name, variable), gradient in zip(variables.items(), gradients):
        results["gradient:" + name] = gradient
        first = 0.9 * case["first_moment:" + name] + 0.1 * gradient
        second = 0.999 * case["second_moment:" + name] + 0.001 * gradient.square()
        results[name] = variable - size * first / (second.sqrt() + 1e-8)
    return results


def gram(x):
    n, c, h, w = x.shape
    rows = x.reshape(n, c, h * w)
    return rows @ rows.transpose(1, 2) / (c * h * w)


def weights(text):
    return [(int(each.split(":")[0]), float(each.split(":")[1])) for each in text.split(",")]


def step(case, metadata):
    images = case["images"].permute(0, 3, 1, 2)
    style = case["style"].permute(0, 3, 1, 2)
    special = ("loss:", "first_moment:", "second_moment:")
    variables = {k: v for k, v in case.items() if "/" in k and not k.startswith(special)}
    trained = [name for name in variables if name.split("/")[-1] not in STATISTICS]
    for name in trained:
        variables[name].requires_grad_()
    network = Network(variables, metadata)
    output = network(images)
    ours, theirs, wanted = features(case, output), features(case, images), features(case, style)
    content = sum(w * (ours[i] - theirs[i].detach()).square().mean() for i, w in weights(metadata["content"]))
    looks = sum(w * (gram(ours[i]) - gram(wanted[i])).square().mean() for i, w in weights(metadata["style"]))
    levels = 255 * output
    corner = levels[:, :, :-1, :-1]
    squares = (corner - levels[:, :, :-1, 1:]).square() + (corner - levels[:, :, 1:, :-1]).square()
    variation = float(metadata["variation"]) * squares.sum((1, 2, 3)).mean() / 2
    losses = {"content": content, "style_loss": looks, "total_variation": variation}
    return {**adam_step(case, metadata, {name: variables[name] for name in trained}, losses), **network.statistics}


def main(step, paths):
    """Writes the answer of each case."""
    for source, target in zip(paths[::2], paths[1::2]):
        with safe_open(source, "pt") as file:
            case = {name: file.get_tensor(name).double() for name in file.keys()}
            metadata = file.metadata()
        results = step(case, metadata)
        save_file({k: v.detach().contiguous().reshape(v.shape or (1,)) for k, v in results.items()}, target)


if __name__ == "__main__":
    main(step, sys.argv[1:])
