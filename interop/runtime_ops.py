#!/usr/bin/env python3
"""Lists the operations that TensorFlow runtimes know, for `recal inspect --for`.

    python runtime_ops.py OUT_FILE NAME=JAR_OR_DIRECTORY ...

NAME is a runtime's short name (1.15, 2.4, ...); JAR is the jar with its native library, as Maven
Central has it, or an unpacked directory with `libtensorflow*.so*` (the package directory of Python's
tensorflow is one). The library of 1.15 answers Java only: it takes two jars, joined by a colon, and
`java`. OUT_FILE was made by

    python runtime_ops.py savedmodels/src/main/resources/dev/recal/savedmodels/runtime/runtime-ops.txt.gz \\
        1.15=libtensorflow-1.15.0.jar:libtensorflow_jni-1.15.0.jar \\
        2.4=tensorflow-core-api-0.3.3-linux-x86_64.jar \\
        2.7=tensorflow-core-api-0.4.2-linux-x86_64.jar 2.10=tensorflow-core-api-0.5.0-linux-x86_64.jar \\
        2.16=tensorflow-core-native-1.0.0-linux-x86_64.jar \\
        2.18=tensorflow-core-native-1.1.0-linux-x86_64.jar 2.21=.../site-packages/tensorflow

Each library is asked for its list in a process of its own. OUT_FILE is a gzipped text whose lines are

    OPERATION MASK ATTRIBUTE ...

MASK tells in hexadecimal digits which runtimes have the operation in this form (the first runtime is
the lowest bit); an attribute that must be given ends in `!`, and `:half,float` lists the types allowed.

Needs tensorflow (or tensorflow-cpu), for its protocol buffers only.
"""

import ctypes
import gzip
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


class Buffer(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t), ("free", ctypes.c_void_p)]


def ask(directory):
    """Prints version and graph version, and writes the list; runs in a process of its own."""
    framework = sorted(Path(directory).glob("libtensorflow_framework.so*"))[-1]
    others = sorted(p for p in Path(directory).glob("libtensorflow*.so*") if p.name != framework.name)
    ctypes.CDLL(str(framework), ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(str(others[-1]), ctypes.RTLD_GLOBAL)
    library.TF_Version.restype = ctypes.c_char_p
    library.TF_GetAllOpList.restype = ctypes.POINTER(Buffer)
    library.TF_NewGraph.restype = library.TF_NewBuffer.restype = ctypes.c_void_p
    library.TF_NewStatus.restype = ctypes.c_void_p
    library.TF_GraphVersions.argtypes = [ctypes.c_void_p] * 3
    operations = library.TF_GetAllOpList().contents
    versions, status = library.TF_NewBuffer(), library.TF_NewStatus()
    library.TF_GraphVersions(library.TF_NewGraph(), versions, status)
    versions = ctypes.cast(versions, ctypes.POINTER(Buffer)).contents
    # An empty graph, for field 4 of GraphDef is its versions.
    versions = ctypes.string_at(versions.data, versions.length)
    graph = bytes([4 << 3 | 2, len(versions)]) + versions
    for part in (library.TF_Version(), graph, ctypes.string_at(operations.data, operations.length)):
        sys.stdout.buffer.write(len(part).to_bytes(8, "little") + part)
    sys.stdout.flush()
    # Two TensorFlows of different ages end badly when they are unloaded in turn.
    os._exit(0)


JAVA = """
public class Ask {
  public static void main(String[] arguments) throws Exception {
    write(org.tensorflow.TensorFlow.version().getBytes());
    write(new org.tensorflow.Graph().toGraphDef());
    write(org.tensorflow.TensorFlow.registeredOpList());
    System.out.flush();
  }

  static void write(byte[] part) throws Exception {
    var size = java.nio.ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    System.out.write(size.putLong(part.length).array());
    System.out.write(part);
  }
}
"""


def parts(data):
    while data:
        size = int.from_bytes(data[:8], "little")
        yield data[8:8 + size]
        data = data[8 + size:]


def read(source, scratch):
    if ":" in source:
        program = Path(scratch) / "Ask.java"
        program.write_text(JAVA)
        command = ["java", "-cp", source, str(program)]
        return parts(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    if Path(source).is_dir():
        directory = source
    else:
        directory = tempfile.mkdtemp(dir=scratch)
        with zipfile.ZipFile(source) as jar:
            for name in jar.namelist():
                if "linux-x86_64/" in name and "libtensorflow" in name:
                    (Path(directory) / Path(name).name).write_bytes(jar.read(name))
    return parts(subprocess.run(
        [sys.executable, __file__, "--ask", directory], check=True, stdout=subprocess.PIPE).stdout)


def describe(operation, type_name):
    attributes = []
    for attribute in operation.attr:
        text = attribute.name + ("" if attribute.HasField("default_value") else "!")
        if attribute.type in ("type", "list(type)") and attribute.allowed_values.list.type:
            text += ":" + ",".join(sorted(set(map(type_name, attribute.allowed_values.list.type))))
        attributes.append(text)
    return " ".join(sorted(attributes))


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--ask":
        ask(sys.argv[2])
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    from tensorflow.core.framework import graph_pb2, op_def_pb2, types_pb2

    def type_name(number):
        return types_pb2.DataType.Name(number)[3:].lower()

    lines, masks = ["# Made by interop/runtime_ops.py, which tells the format."], {}
    with tempfile.TemporaryDirectory() as scratch:
        for bit, argument in enumerate(sys.argv[2:]):
            name, source = argument.split("=", 1)
            version, graph, operations = read(source, scratch)
            producer = graph_pb2.GraphDef.FromString(graph).versions.producer
            lines.append(f"runtime {name} {version.decode()} {producer}")
            for operation in op_def_pb2.OpList.FromString(operations).op:
                key = operation.name, describe(operation, type_name)
                masks[key] = masks.get(key, 0) | 1 << bit
    lines += [" ".join(filter(None, (name, f"{mask:x}", attributes)))
              for (name, attributes), mask in sorted(masks.items())]
    Path(sys.argv[1]).write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))


if __name__ == "__main__":
    main()
