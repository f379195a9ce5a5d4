"""serve_reflection.py HOST:PORT: asks a server for its health and its services.

Needs grpcio-health-checking and grpcio-reflection.
"""

import sys

import grpc
from google.protobuf import descriptor_pool
from grpc_health.v1 import health_pb2
from grpc_health.v1 import health_pb2_grpc
from grpc_reflection.v1alpha import proto_reflection_descriptor_database as reflection


def main(address):
    channel = grpc.insecure_channel(address)
    health = health_pb2_grpc.HealthStub(channel)
    response = health.Check(health_pb2.HealthCheckRequest(), timeout=30)
    print(health_pb2.HealthCheckResponse.ServingStatus.Name(response.status))
    database = reflection.ProtoReflectionDescriptorDatabase(channel)
    pool = descriptor_pool.DescriptorPool(database)
    for name in sorted(database.get_services()):
        if name.startswith("tensorflow."):
            methods = pool.FindServiceByName(name).methods
            print(f"{name}: {', '.join(sorted(method.name for method in methods))}")


if __name__ == "__main__":
    main(sys.argv[1])
