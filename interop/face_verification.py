"""Verification of face pairs from embeddings, in float64: the reference for the Java implementation.

Usage: face_verification.py FAR,FAR,… EMBEDDINGS.npy SAME.txt FOLDS [EMBEDDINGS.npy SAME.txt FOLDS …]

EMBEDDINGS.npy holds two rows a pair; SAME.txt a line for each pair, 1 for one identity and 0 for different ones. Prints
a list of results as JSON. The protocol is the usual one of LFW: contiguous folds, the first of the thresholds 0, 0.01, …
below 4 that is best on the other folds, and TAR at FAR with steps of 0.001 and linear interpolation of the false accept
rate.

Needs NumPy, SciPy and scikit-learn; ends with 3 if one is missing.
"""

import json
import sys

try:
    import numpy as np
    from scipy.interpolate import interp1d
    from sklearn.metrics import roc_auc_score, roc_curve
    from sklearn.model_selection import KFold
    from sklearn.preprocessing import normalize
except ImportError as missing:
    print(f"{missing.name} is not installed.", file=sys.stderr)
    sys.exit(3)


def accuracy(threshold, distances, same):
    return np.mean((distances < threshold) == same)


def rates(threshold, distances, same):
    accepted = distances < threshold
    return np.sum(accepted & same) / np.sum(same), np.sum(accepted & ~same) / np.sum(~same)


def threshold_at(far, thresholds, distances, same):
    found = (distances[~same] < thresholds[:, None]).mean(axis=1)
    if found.max() < far:
        return 0.0
    return float(interp1d(found, thresholds, kind="linear")(far))


def evaluate(embeddings, same, folds, fars):
    embeddings = normalize(embeddings.astype(np.float64))
    distances = np.sum(np.square(embeddings[0::2] - embeddings[1::2]), axis=1)
    splits = list(KFold(n_splits=folds, shuffle=False).split(distances))
    coarse = np.arange(0, 4, 0.01)
    fine = np.arange(0, 4, 0.001)
    best = []
    accuracies = []
    for train, test in splits:
        scores = [accuracy(threshold, distances[train], same[train]) for threshold in coarse]
        best.append(coarse[np.argmax(scores)])
        accuracies.append(accuracy(best[-1], distances[test], same[test]))
    result = {
        "thresholds": best,
        "accuracies": accuracies,
        "accuracy": np.mean(accuracies),
        "deviation": np.std(accuracies),
        "area": roc_auc_score(same, -distances),
        "rates": [],
    }
    # The false and the true accept rate together only grow, so the point where their sum is 1 is unique.
    false_rates, true_rates, _ = roc_curve(same, -distances, drop_intermediate=False)
    result["equal_error_rate"] = np.interp(1.0, false_rates + true_rates, false_rates)
    for far in fars:
        found = []
        for train, test in splits:
            threshold = threshold_at(far, fine, distances[train], same[train])
            found.append(rates(threshold, distances[test], same[test]))
        true_rates, false_rates = np.array(found).T
        result["rates"].append([true_rates.mean(), true_rates.std(), false_rates.mean()])
    return result


def main():
    fars = [float(far) for far in sys.argv[1].split(",")]
    results = []
    for i in range(2, len(sys.argv), 3):
        embeddings, same, folds = sys.argv[i : i + 3]
        labels = np.loadtxt(same, dtype=int, ndmin=1).astype(bool)
        results.append(evaluate(np.load(embeddings), labels, int(folds), fars))
    print(json.dumps(results, default=float))


if __name__ == "__main__":
    main()
