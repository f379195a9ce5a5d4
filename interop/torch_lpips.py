"""torch_lpips.py BACKBONE BACKBONE.safetensors LINEAR.safetensors CASE.safetensors [PIXELS]: LPIPS with random weights.

BACKBONE is vgg16 or alexnet, torchvision's with random weights under torchvision's names; LINEAR receives the weights of
LPIPS' linear layers, random and not negative, under the names of richzhang/PerceptualSimilarity. CASE receives
"images" and "targets" (N, H, W, 3) in -1..1, "distance" (N) and "gradient", of the distances' sum at the images,
written from the equations of Zhang et al. 2018 (arXiv 1801.03924).
"""

import sys

import torch
import torchvision
from safetensors.torch import save_file

SHIFT = torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1)
SCALE = torch.tensor([0.458, 0.448, 0.450]).view(1, 3, 1, 1)
# The last layer of each slice: a ReLU.
FEATURES = {"vgg16": [3, 8, 15, 22, 29], "alexnet": [1, 4, 7, 9, 11]}


def maps(layers, wanted, x):
    found = []
    x = (x - SHIFT) / SCALE
    for index, layer in enumerate(layers[: wanted[-1] + 1]):
        x = layer(x)
        if index in wanted:
            found.append(x)
            x = x.clone()  # torchvision's ReLU writes into its input
    return found


def unit(x):
    return x / (x.pow(2).sum(1, keepdim=True).sqrt() + 1e-10)


def distance(layers, wanted, linear, images, targets):
    total = 0
    for a, b, weights in zip(maps(layers, wanted, images), maps(layers, wanted, targets), linear):
        difference = (unit(a) - unit(b)).pow(2)
        total = total + (difference * weights).sum(1).mean((1, 2))
    return total


def main(name, backbone, linear_file, case, pixels=64):
    torch.manual_seed(1)
    model = torchvision.models.get_model(name, weights=None).eval()
    for parameter in model.features.parameters():
        if parameter.dim() == 1:
            torch.nn.init.uniform_(parameter, -0.1, 0.1)
    layers = [torch.nn.ReLU() if isinstance(m, torch.nn.ReLU) else m for m in model.features]
    wanted = FEATURES[name]
    images = (2 * torch.rand(2, 3, pixels, pixels) - 1).requires_grad_()
    targets = 2 * torch.rand(2, 3, pixels, pixels) - 1
    with torch.no_grad():
        channels = [m.shape[1] for m in maps(layers, wanted, targets)]
    linear = [torch.rand(1, c, 1, 1) for c in channels]
    value = distance(layers, wanted, linear, images, targets)
    value.sum().backward()
    save_file({"features." + k: v for k, v in model.features.state_dict().items()}, backbone)
    save_file({f"lin{i}.model.1.weight": w for i, w in enumerate(linear)}, linear_file)
    last = lambda x: x.detach().permute(0, 2, 3, 1).contiguous()
    save_file(
        {
            "images": last(images),
            "targets": last(targets),
            "distance": value.detach(),
            "gradient": last(images.grad),
        },
        case,
    )


if __name__ == "__main__":
    main(*sys.argv[1:5], *(int(p) for p in sys.argv[5:]))
