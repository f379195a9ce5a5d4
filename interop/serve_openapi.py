"""serve_openapi.py URL: validates a server's OpenAPI document, and a request against it.

Needs openapi-spec-validator. The model is that of the test.
"""

import json
import sys
import urllib.request

import jsonschema
from openapi_spec_validator import validate

PATH = "/v1/models/scale:predict"


def main(url):
    with urllib.request.urlopen(url + "openapi.json") as response:
        document = json.load(response)
    validate(document)
    print("valid OpenAPI", document["openapi"])
    operation = document["paths"][PATH]["post"]

    def check(value, schema):
        # References point into the document.
        whole = dict(schema, components=document["components"])
        jsonschema.Draft202012Validator(whole).validate(value)

    def schema_of(part):
        return part["content"]["application/json"]["schema"]

    request = {"signature_name": "pair", "instances": [{"a": 2.0, "b": 3}]}
    check(request, schema_of(operation["requestBody"]))
    try:
        check({"signature_name": "pair", "instances": [{"a": 2.0}]},
              schema_of(operation["requestBody"]))
        raise SystemExit("a request without an input was accepted")
    except jsonschema.ValidationError:
        pass
    body = json.dumps(request).encode("utf-8")
    with urllib.request.urlopen(url.rstrip("/") + PATH, body) as response:
        check(json.load(response), schema_of(operation["responses"]["200"]))
    print(PATH, "accepts the request, and describes the response")


if __name__ == "__main__":
    main(sys.argv[1])
