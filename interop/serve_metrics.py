"""serve_metrics.py URL: reads a server's metrics with Prometheus' own parser, around a request.

Needs prometheus_client. The model is that of the test.
"""

import json
import sys
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

COUNT = ":tensorflow:serving:request_count"


def families(url):
    with urllib.request.urlopen(url + "monitoring/prometheus/metrics") as response:
        return list(text_string_to_metric_families(response.read().decode("utf-8")))


def answered(found):
    return sum(
        sample.value
        for family in found
        if family.name == COUNT
        for sample in family.samples
        if sample.labels == {"model_name": "scale", "status": "OK"}
    )


def predict(url):
    body = json.dumps({"instances": [[1.0, 2.0]]}).encode("utf-8")
    with urllib.request.urlopen(url + "v1/models/scale:predict", body) as response:
        response.read()


def main(url):
    predict(url)
    first = families(url)
    predict(url)
    second = families(url)
    for family in second:
        print(family.name, family.type, len(family.samples))
    growth = answered(second) - answered(first)
    print(f"request OK {growth:.0f} → {growth + 1:.0f}")


if __name__ == "__main__":
    main(sys.argv[1])
