"""torch_subjects.py: measures subjects of compare.py in PyTorch, one turn for each line of standard input.

    network NAME PRECISION train|infer BATCH SIZE
    block MODULE STAGE PRECISION forward|step BATCH
    release

The lines and answers are those of `recal bench turns`. The networks are torchvision's, with SE, SRM and AN written from
their papers' equations at the places of the presets of Recal. Memory format channels-last; bfloat16 is autocast. DRConv
computes the filters of all regions as one grouped convolution, then chooses, as the public ports do, in the faster of
the two memory formats, which is contiguous.
"""

import argparse

import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from turns import serve

CLASSES = 1000
STAGES = {1: (56, 64), 2: (28, 128), 3: (14, 256), 4: (7, 512)}
EXPANSION = 4


class SqueezeExcitation(nn.Module):
    """x ⊙ σ(W₂ relu(W₁ mean x)), arXiv 1709.01507."""

    def __init__(self, channels, reduction=16):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // reduction, 1)
        self.excite = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.excite(F.relu(self.squeeze(x.mean((2, 3), keepdim=True)))))


class StyleRecalibration(nn.Module):
    """x ⊙ σ(BN(w · (mean, deviation))), arXiv 1903.10829."""

    def __init__(self, channels):
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(channels, 2))
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        variance, mean = torch.var_mean(x.float(), (2, 3))
        style = torch.stack((mean, (variance + 1e-5).sqrt()), 2)
        gate = torch.sigmoid(self.norm((style * self.weights).sum(2)[:, :, None, None]))
        return x * gate.to(x.dtype)


class AttentiveNorm(nn.Module):
    """Batch norm with an affine that is a mixture of components, arXiv 1908.01259."""

    def __init__(self, channels, components=10):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gammas = nn.Parameter(1 + 0.1 * torch.randn(components, channels))
        self.betas = nn.Parameter(0.1 * torch.randn(components, channels))
        self.attention = nn.Sequential(nn.Conv2d(channels, components, 1, bias=False), nn.BatchNorm2d(components))

    def forward(self, x):
        variance, mean = torch.var_mean(x.float(), (2, 3), keepdim=True)
        weights = F.hardsigmoid(self.attention(mean * (variance + 1e-3).rsqrt()).float())[:, :, 0, 0]
        scale, offset = weights @ self.gammas, weights @ self.betas
        y = self.norm(x)
        return y * scale[:, :, None, None].to(y.dtype) + offset[:, :, None, None].to(y.dtype)


class DynamicRegionConv(nn.Module):
    """A filter for each region, generated from the image, arXiv 2003.12243."""

    def __init__(self, channels, outputs, regions=8, kernel=3):
        super().__init__()
        self.regions, self.kernel, self.outputs = regions, kernel, outputs
        self.squeeze = nn.Conv2d(channels, regions**2, 1)
        self.expand = nn.Conv2d(regions**2, regions * channels * outputs, 1, groups=regions)
        self.guide = nn.Conv2d(channels, regions, kernel, padding=kernel // 2)

    def forward(self, x):
        images, channels, height, width = x.shape
        filters = self.expand(torch.sigmoid(self.squeeze(F.adaptive_avg_pool2d(x, self.kernel))))
        filters = filters.reshape(images * self.regions * self.outputs, channels, self.kernel, self.kernel)
        flat = x.reshape(1, images * channels, height, width)
        y = F.conv2d(flat, filters, padding=self.kernel // 2, groups=images)
        y = y.view(images, self.regions, self.outputs, height, width)
        soft = self.guide(x).softmax(1)
        choice = torch.zeros_like(soft).scatter_(1, soft.argmax(1, keepdim=True), 1.0)
        if self.training:
            choice = choice + soft - soft.detach()
        return (y * choice.to(y.dtype).unsqueeze(2)).sum(1)


def resnet50(kind):
    net = torchvision.models.resnet50(weights=None)
    for stage in (net.layer1, net.layer2, net.layer3, net.layer4):
        for block in stage:
            if kind in ("se", "srm"):
                gate = SqueezeExcitation if kind == "se" else StyleRecalibration
                block.bn3 = nn.Sequential(block.bn3, gate(block.bn3.num_features))
            elif kind == "an":
                block.bn2 = AttentiveNorm(block.bn2.num_features)
    return net


NETWORKS = {
    "resnet50": lambda: resnet50("plain"),
    "se-resnet50": lambda: resnet50("se"),
    "srm-resnet50": lambda: resnet50("srm"),
    "an-resnet50": lambda: resnet50("an"),
    "mobilenetv2": lambda: torchvision.models.mobilenet_v2(weights=None),
}


def convolution(channels, outputs):
    return nn.Conv2d(channels, outputs, 3, padding=1, bias=False)


def block(module, channels):
    """The block of ModulePlace around a module; channels are those of the 3×3."""
    wide = EXPANSION * channels
    gates = {"plain:gate": nn.Identity, "squeeze-excitation": SqueezeExcitation, "style-recalibration": StyleRecalibration}
    name = module.removesuffix(":fused")
    if name in gates:
        gate = gates[name](wide) if name != "plain:gate" else nn.Identity()
        return nn.Sequential(nn.Conv2d(channels, wide, 1, bias=False), nn.BatchNorm2d(wide), gate, nn.ReLU())
    norm = AttentiveNorm(channels) if name == "attentive-norm" else nn.BatchNorm2d(channels)
    spatial = DynamicRegionConv(channels, channels) if name == "drconv" else convolution(channels, channels)
    if name not in ("plain:norm", "plain:spatial", "attentive-norm", "drconv"):
        raise ValueError(f"unknown module {module}")
    return nn.Sequential(spatial, norm, nn.ReLU())


class Subject:
    """A module with its input, and the calls that are measured."""

    def __init__(self, net, x, precision, contiguous=False):
        self.net = net if contiguous else net.to(memory_format=torch.channels_last)
        self.x = x if contiguous else x.contiguous(memory_format=torch.channels_last)
        self.autocast = lambda: torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16")
        self.labels = torch.arange(len(x)) % CLASSES
        self.optimiser = None

    def infer(self):
        self.net.eval()
        with torch.inference_mode(), self.autocast():
            self.net(self.x)

    forward = infer

    def train(self):
        if self.optimiser is None:
            self.optimiser = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
        self.net.train()
        self.optimiser.zero_grad(set_to_none=True)
        with self.autocast():
            logits = self.net(self.x)
        F.cross_entropy(logits.float(), self.labels).backward()
        self.optimiser.step()

    def step(self):
        self.net.train()
        x = self.x.detach().requires_grad_()
        with self.autocast():
            y = self.net(x)
        if not hasattr(self, "gradient"):
            self.gradient = torch.rand_like(y)
        y.backward(self.gradient)
        for parameter in self.net.parameters():
            parameter.grad = None


def opened(words):
    if words[0] == "network":
        _, name, precision, _, batch, size = words
        return Subject(NETWORKS[name](), torch.rand(int(batch), 3, int(size), int(size)), precision)
    _, module, stage, precision, _, batch = words
    size, channels = STAGES[int(stage)]
    x = torch.rand(int(batch), channels, size, size) * 2 - 1
    return Subject(block(module, channels), x, precision, contiguous=module == "drconv")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    subjects = {}

    def call_of(words):
        place = 3 if words[0] == "network" else 4
        key = tuple(words[:place] + words[place + 1 :])
        if key not in subjects:
            subjects[key] = opened(words)
        return getattr(subjects[key], words[place]), 0.2 if words[0] == "network" else 0.1

    serve(call_of, subjects.clear)


if __name__ == "__main__":
    main()
