"""Metrics of generated images from features, in float64: the reference for the Java implementation.

Usage: generative_metrics.py REALS.f64 SAMPLES.f64 DIMENSIONS NEIGHBOURS [SUBSETS.json]

The files hold rows of little-endian doubles. SUBSETS.json is a list of pairs of lists: the rows of
each side in each subset of the kernel distance; without it, all rows are one subset. Prints JSON.

Needs NumPy only. The Fréchet distance is computed twice, by other methods than Java's: from the
singular values of the centred features, which is exact if there are fewer images than features,
and from the eigenvalues of the product of the covariances, as usual.
"""

import json
import sys

import numpy as np


def frechet(reals, samples):
    difference = reals.mean(0) - samples.mean(0)
    left = (reals - reals.mean(0)) / np.sqrt(len(reals) - 1)
    right = (samples - samples.mean(0)) / np.sqrt(len(samples) - 1)
    shared = np.linalg.svd(left @ right.T, compute_uv=False).sum()
    return difference @ difference + (left**2).sum() + (right**2).sum() - 2 * shared


def frechet_by_covariances(reals, samples):
    difference = reals.mean(0) - samples.mean(0)
    left = np.atleast_2d(np.cov(reals, rowvar=False))
    right = np.atleast_2d(np.cov(samples, rowvar=False))
    eigenvalues = np.linalg.eigvals(left @ right)
    shared = np.sqrt(np.maximum(eigenvalues.real, 0)).sum()
    return difference @ difference + np.trace(left) + np.trace(right) - 2 * shared


def discrepancy(first, second):
    dimensions = first.shape[1]

    def kernel(a, b):
        return (a @ b.T / dimensions + 1) ** 3

    def without_diagonal(a):
        k = kernel(a, a)
        return (k.sum() - np.trace(k)) / (len(a) * (len(a) - 1))

    return without_diagonal(first) + without_diagonal(second) - 2 * kernel(first, second).mean()


def kernel_distance(reals, samples, subsets):
    values = [discrepancy(reals[a], samples[b]) for a, b in subsets]
    return float(np.mean(values)), float(np.std(values))


def squared_distances(a, b):
    return np.stack([((row - b) ** 2).sum(1) for row in a])


def inside(points, centres, k):
    among = squared_distances(centres, centres)
    np.fill_diagonal(among, np.inf)
    radii = np.sort(among, axis=1)[:, k - 1]
    return float((squared_distances(points, centres) <= radii).any(1).mean())


def main():
    dimensions, neighbours = int(sys.argv[3]), int(sys.argv[4])
    reals = np.fromfile(sys.argv[1], "<f8").reshape(-1, dimensions)
    samples = np.fromfile(sys.argv[2], "<f8").reshape(-1, dimensions)
    subsets = [(range(len(reals)), range(len(samples)))]
    if len(sys.argv) > 5:
        with open(sys.argv[5], encoding="utf-8") as file:
            subsets = json.load(file)
    mean, deviation = kernel_distance(reals, samples, [(list(a), list(b)) for a, b in subsets])
    result = {
        "frechet": frechet(reals, samples),
        "frechet_by_covariances": frechet_by_covariances(reals, samples),
        "kernel_mean": mean,
        "kernel_deviation": deviation,
        "precision": inside(samples, reals, neighbours),
        "recall": inside(reals, samples, neighbours),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
