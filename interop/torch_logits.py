"""torch_logits.py MODEL OUT.safetensors [PIXELS]: a PyTorch network with random weights, and its logits.

MODEL is a name in torchvision, or in timm with the prefix "timm/". OUT receives the tensors 0000, 0001, … of the
layers in execution order, in Recal's layout: convolutions (height, width, in, out), depthwise ones
(height, width, channels, 1), dense ones (in, out), then biases; norms as gamma, beta, moving mean, moving variance.
It also receives "images" (N, H, W, 3) from 0 to 1, which the network normalises by ImageNet's colours, and "logits".

So this compares structure, paddings and constants without a mapping of names.
"""

import sys

import torch
import torchvision
from safetensors.numpy import save_file
from torch import nn

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def model_of(name):
    if name.startswith("timm/"):
        import timm

        return timm.create_model(name[len("timm/"):], pretrained=False)
    return torchvision.models.get_model(name, weights=None)


def randomise(model, pixels):
    """Random scales, and statistics of random images, so that no layer's output vanishes or explodes."""
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.normal_(norm.bias, 0.0, 0.2)
        norm.momentum = None
    model.train()
    with torch.no_grad():
        model(torch.randn(8, 3, pixels, pixels))
        for norm in norms:
            norm.running_mean += 0.05 * torch.randn_like(norm.running_mean)
            norm.running_var *= torch.empty_like(norm.running_var).uniform_(0.8, 1.25)


def tensors_of(module):
    if isinstance(module, nn.BatchNorm2d):
        return [module.weight, module.bias, module.running_mean, module.running_var]
    weight = module.weight
    if isinstance(module, nn.Linear):
        kernel = weight.t()
    elif module.groups > 1 and module.groups == module.in_channels:
        kernel = weight.permute(2, 3, 0, 1)
    else:
        kernel = weight.permute(2, 3, 1, 0)
    return [kernel] + ([] if module.bias is None else [module.bias])


def main(name, out, pixels):
    torch.manual_seed(5)
    model = model_of(name)
    randomise(model, pixels)
    model.eval()
    ran = []
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear, nn.BatchNorm2d)):
            module.register_forward_hook(lambda m, inputs, output: ran.append(m))
    images = torch.rand(2, 3, pixels, pixels)
    with torch.no_grad():
        logits = model((images - MEAN) / DEVIATION)
    listed = [tensor for module in ran for tensor in tensors_of(module)]
    tensors = {f"{i:04d}": t.detach().contiguous().numpy() for i, t in enumerate(listed)}
    tensors["images"] = images.permute(0, 2, 3, 1).contiguous().numpy()
    tensors["logits"] = logits.contiguous().numpy()
    save_file(tensors, out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 224)
