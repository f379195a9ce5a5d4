"""torch_fastgan.py CASE.safetensors OUT.safetensors …: FastGAN's networks in PyTorch, written from the equations.

Several pairs of files are allowed. CASE holds one network's variables under Recal's names (kernels (height, width, in, out)), its inputs, the random
noise and weights of a scalar loss; its metadata holds "network" (Recal's JSON) and "case": "generator", "mix" or
"discriminator", and "training". OUT receives the outputs, in training the loss's gradient "gradient:NAME" of every
trainable variable, and the statistics after one step, "next:NAME". Everything is computed in float64.

Maps are (N, C, H, W) here, as in PyTorch, and (N, H, W, C) in both files.
"""

import json
import sys

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file


class Net:
    """A network's variables, read by name; notes the statistics' next values."""

    def __init__(self, tensors, training):
        self.tensors = tensors
        self.training = training
        self.next = {}

    def spectral(self, name, kernel):
        """kernel / sigma, where the last axis is that of the outputs."""
        u = self.tensors[name + "_u"]
        w = kernel.reshape(-1, kernel.shape[-1])
        with torch.no_grad():
            v = F.normalize(w @ u, dim=0, eps=1e-12)
            after = F.normalize(w.T @ v if self.training else u, dim=0, eps=1e-12)
        self.next[name + "_u"] = after
        return kernel / (after @ (w.T @ v))

    def convolution(self, name, x, stride=1, padding=0, dilation=1, spectral=True, bias=False):
        kernel = self.tensors[name + "/kernel"]
        if spectral:
            kernel = self.spectral(name + "/kernel", kernel)
        offset = self.tensors[name + "/bias"] if bias else None
        kernel = kernel.permute(3, 2, 0, 1).contiguous()
        return F.conv2d(x, kernel, offset, stride, padding, dilation)

    def dense(self, name, x, spectral):
        kernel = self.tensors[name + "/kernel"]
        if spectral:
            kernel = self.spectral(name + "/kernel", kernel)
        return x @ kernel + self.tensors[name + "/bias"]

    def norm(self, name, x):
        t = self.tensors
        mean, variance = t[name + "/moving_mean"], t[name + "/moving_variance"]
        axes = [0] + list(range(2, x.dim()))
        shape = [1, -1] + [1] * (x.dim() - 2)
        if self.training:
            count = x.numel() / x.shape[1]
            batch_mean, batch_variance = x.mean(axes), x.var(axes, unbiased=False)
            self.next[name + "/moving_mean"] = 0.9 * mean + 0.1 * batch_mean.detach()
            unbiased = batch_variance.detach() * count / (count - 1)
            self.next[name + "/moving_variance"] = 0.9 * variance + 0.1 * unbiased
            mean, variance = batch_mean, batch_variance
        scale = t[name + "/gamma"] / torch.sqrt(variance + 1e-5)
        return (x - mean.view(shape)) * scale.view(shape) + t[name + "/beta"].view(shape)

    def excitation(self, name, low, high, layer):
        s = layer["spectral"]
        x = self.convolution(name + "/gather", F.adaptive_avg_pool2d(low, 4), spectral=s)
        return high * torch.sigmoid(self.convolution(name + "/expand", F.silu(x), spectral=s))

    def slim(self, name, low, high, layer):
        s, d, total, weighted = layer["spectral"], layer["dilation"], 0, 0
        for g, x in enumerate(low.chunk(layer["groups"], 1)):
            at = f"{name}/group{g}"
            style = self.dense(at + "/style/reduce", x.mean((2, 3)), s)
            if layer["styleNorm"]:
                style = self.norm(at + "/style/bn", style)
            style = self.dense(at + "/style/expand", F.relu(style), s)
            for i, (unit, size) in enumerate([("reduce", 1), ("conv1", 3), ("conv2", 3)]):
                border, gap = (d, d) if size == 3 else (0, 1)
                x = self.convolution(f"{at}/mask/{unit}", x, 1, border, gap, s, True)
                x = F.relu(self.norm(f"{at}/mask/bn{i}", x))
            logits = self.convolution(at + "/mask/project", x, spectral=s, bias=True)
            if layer["noise"]:
                logits = logits + self.tensors[name + "/noise_gain"] * self.tensors["noise:" + name]
            mask = F.interpolate(torch.sigmoid(logits), size=high.shape[2:], mode="nearest")
            weighted = weighted + mask * style[:, :, None, None]
            total = total + mask
        return high * (1 + weighted / (total + 1e-6))

    def skip(self, name, low, high, layer):
        kinds = {"skip-layer-excitation": self.excitation, "skip-layer-slim": self.slim}
        return kinds[layer["type"]](name, low, high, layer)

    def up(self, name, x):
        y = self.convolution(name + "/conv", F.interpolate(x, scale_factor=2), padding=1)
        return F.glu(self.norm(name + "/bn", y), 1)

    def leaky(self, x):
        return F.leaky_relu(x, 0.2)


def generator(net, settings, z, style=None):
    t = net.tensors
    kernel = net.spectral("start/kernel", t["start/kernel"])

    def start(latent):
        y = F.conv_transpose2d(latent[:, :, None, None], kernel.permute(0, 3, 1, 2).contiguous())
        return F.glu(net.norm("start/bn", y), 1)

    def block(size, x):
        name = f"up{size}"
        if size in (16, 64, 256, 1024):
            return net.up(name, x)
        x = F.interpolate(x, scale_factor=2)
        for number in "12":
            x = net.convolution(f"{name}/conv{number}", x, padding=1)
            if settings["noise"]:
                x = x + t[f"{name}/noise_gain{number}"] * t[f"noise:{name}/{number}"]
            x = F.glu(net.norm(f"{name}/bn{number}", x), 1)
        return x

    def maps(latent, lows=None):
        found = {4: start(latent)}
        size = 8
        while size <= settings["size"]:
            x = block(size, found[size // 2])
            for skip in settings["skips"]:
                if skip["to"] == size:
                    low = (lows or found)[skip["from"]]
                    x = net.skip(f"skip{skip['from']}to{size}", low, x, skip["layer"])
            found[size] = x
            size *= 2
        return found

    found = maps(z, maps(style) if style is not None else None)
    small = min(128, settings["size"] // 2)
    images = net.convolution("image", found[settings["size"]], padding=1)
    reduced = net.convolution("small", found[small])
    if settings["tanh"]:
        images, reduced = torch.tanh(images), torch.tanh(reduced)
    return {"images": images, "small": reduced}


def discriminator(net, settings, images, small, quadrant):
    size = settings["size"]
    if size <= 256:
        x = net.leaky(net.convolution("stem/conv1", images, padding=1))
    else:
        x = net.leaky(net.convolution("stem/conv1", images, 2, 1))
        if size == 1024:
            x = net.leaky(net.norm("stem/bn2", net.convolution("stem/conv2", x, 2, 1)))
    maps = {x.shape[2]: x}
    while x.shape[2] > 8:
        at = f"down{x.shape[2] // 2}"
        main = net.leaky(net.norm(at + "/main/bn1", net.convolution(at + "/main/conv1", x, 2, 1)))
        main = net.convolution(at + "/main/conv2", main, padding=1)
        main = net.leaky(net.norm(at + "/main/bn2", main))
        side = net.convolution(at + "/side/conv", F.avg_pool2d(x, 2))
        x = (main + net.leaky(net.norm(at + "/side/bn", side))) / 2
        for skip in settings["skips"]:
            if skip["to"] == x.shape[2]:
                name = f"skip{skip['from']}to{skip['to']}"
                x = net.skip(name, maps[skip["from"]], x, skip["layer"])
        maps[x.shape[2]] = x
    head = net.leaky(net.norm("head/bn1", net.convolution("head/conv1", x)))
    first = net.convolution("head/conv2", head).flatten(1)
    y = small
    while y.shape[2] > 8:
        at = f"small/down{y.shape[2] // 2}"
        norm = y is not small
        y = net.convolution(at + "/conv", y, 2, 1)
        y = net.leaky(net.norm(at + "/bn", y) if norm else y)
    second = net.convolution("small/head/conv", y).flatten(1)

    def decoded(name, z):
        z = F.adaptive_avg_pool2d(z, 8)
        for to in (16, 32, 64, 128):
            if to <= min(128, size):
                z = net.up(f"decoder_{name}/up{to}", z)
        return torch.tanh(net.convolution(f"decoder_{name}/image", z, padding=1))

    row, column = 8 * (quadrant // 2), 8 * (quadrant % 2)
    part = maps[16][:, :, row:row + 8, column:column + 8]
    return {
        "logits": torch.cat([first, second], 1),
        "whole": decoded("whole", x),
        "small": decoded("small", y),
        "part": decoded("part", part),
    }


def channels_first(x):
    return x.permute(0, 3, 1, 2) if x.dim() == 4 else x


def channels_last(x):
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def main(case, out):
    with safe_open(case, "pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name).double() for name in file.keys()}
    training = metadata["training"] == "true"
    trainable = metadata["trainable"].split()
    for name in tensors:
        if name.startswith(("noise:", "input:", "weight:")):
            tensors[name] = channels_first(tensors[name])
    for name in trainable:
        tensors[name].requires_grad_(training)
    net = Net(tensors, training)
    networks = json.loads(metadata["network"])
    kind = metadata["case"]
    if kind == "discriminator":
        inputs = tensors["input:images"], tensors["input:small"]
        outputs = discriminator(net, networks[kind], *inputs, int(metadata["quadrant"]))
    else:
        style = tensors["input:style"] if kind == "mix" else None
        outputs = generator(net, networks["generator"], tensors["input:z"], style)
    results = {name: channels_last(value) for name, value in outputs.items()}
    if training:
        loss = sum((value * tensors["weight:" + name]).sum() for name, value in outputs.items())
        gradients = torch.autograd.grad(loss, [tensors[name] for name in trainable])
        results |= {"gradient:" + name: value for name, value in zip(trainable, gradients)}
        results |= {"next:" + name: value for name, value in net.next.items()}
    save_file({name: value.detach().contiguous() for name, value in results.items()}, out)


if __name__ == "__main__":
    for case, out in zip(sys.argv[1::2], sys.argv[2::2]):
        main(case, out)
