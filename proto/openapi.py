"""The JSON-over-HTTP form of ventral/v1 as OpenAPI 3.1, made from the protos and their comments.

Usage: openapi.py [--check] FILE
Writes FILE; with --check, says whether FILE is what would be written. Needs grpcio-tools (tests/requirements.txt).
"""

import json
import pathlib
import sys
import tempfile

import grpc_tools
from google.protobuf import descriptor_pb2
from grpc_tools import protoc

PROTOS = pathlib.Path(__file__).resolve().parent
Field = descriptor_pb2.FieldDescriptorProto
# proto3's JSON mapping: 64-bit whole numbers are strings.
SCALARS = {
    Field.TYPE_DOUBLE: {"type": "number", "format": "double"},
    Field.TYPE_FLOAT: {"type": "number", "format": "float"},
    Field.TYPE_INT32: {"type": "integer", "format": "int32"},
    Field.TYPE_UINT32: {"type": "integer", "format": "int64"},
    Field.TYPE_INT64: {"type": "string", "format": "int64"},
    Field.TYPE_UINT64: {"type": "string", "format": "uint64"},
    Field.TYPE_BOOL: {"type": "boolean"},
    Field.TYPE_STRING: {"type": "string"},
    Field.TYPE_BYTES: {"type": "string", "format": "byte"},
}
WELL_KNOWN = {
    ".google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    ".google.protobuf.Duration": {"type": "string"},
    ".google.protobuf.Struct": {"type": "object"},
}
ERROR = {
    "type": "object",
    "description": "How the Connect protocol tells an error.",
    "required": ["code"],
    "properties": {
        "code": {"type": "string", "description": "Such as not_found or unauthenticated."},
        "message": {"type": "string", "description": "One sentence with what to do."},
        "details": {"type": "array", "items": {"type": "object", "properties": {
            "type": {"type": "string", "description": "Such as google.rpc.ErrorInfo."},
            "value": {"type": "string", "format": "byte"},
            "debug": {"type": "object", "description": "The same as JSON."}}}},
    },
}


def read_protos():
    """The files of ventral/v1 with their comments."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "set"
        names = sorted(str(file.relative_to(PROTOS)) for file in (PROTOS / "ventral/v1").glob("*.proto"))
        known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
        words = ["protoc", f"-I{PROTOS}", f"-I{known}", f"--descriptor_set_out={out}", "--include_source_info", "--include_imports", *names]
        if protoc.main(words) != 0:
            sys.exit("protoc cannot read the protos")
        found = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    return [file for file in found.file if file.package == "ventral.v1"]


def comments(file):
    """Path in the file → its comment on one line."""
    return {tuple(place.path): " ".join(place.leading_comments.split()) for place in file.source_code_info.location}


def schema_of(field, entries):
    if field.type == Field.TYPE_MESSAGE and field.type_name in entries:  # a map
        return {"type": "object", "additionalProperties": schema_of(entries[field.type_name].field[1], entries)}
    if field.type in (Field.TYPE_MESSAGE, Field.TYPE_ENUM):
        name = field.type_name
        one = WELL_KNOWN.get(name) or {"$ref": "#/components/schemas/" + name.removeprefix(".ventral.v1.").removeprefix(".google.rpc.")}
    else:
        one = dict(SCALARS[field.type])
    return {"type": "array", "items": one} if field.label == Field.LABEL_REPEATED else one


def message_schema(message, path, notes, prefix):
    entries = {f"{prefix}.{message.name}.{inner.name}": inner for inner in message.nested_type if inner.options.map_entry}
    properties = {}
    for index, field in enumerate(message.field):
        schema = schema_of(field, entries)
        note = notes.get((*path, 2, index), "")
        properties[field.json_name] = {**schema, **({"description": note} if note else {})}
    note = notes.get(path, "")
    return {"type": "object", **({"description": note} if note else {}), "properties": properties}


def schemas(files):
    made = {"Error": ERROR}
    for file in files:
        notes = comments(file)
        for index, message in enumerate(file.message_type):
            made[message.name] = message_schema(message, (4, index), notes, ".ventral.v1")
            for inner_index, inner in enumerate(message.nested_type):
                if not inner.options.map_entry:
                    made[f"{message.name}.{inner.name}"] = message_schema(inner, (4, index, 3, inner_index), notes,
                                                                          f".ventral.v1.{message.name}")
        for index, enum in enumerate(file.enum_type):
            values = [f"{value.name}: {notes.get((5, index, 2, number), '')}" for number, value in enumerate(enum.value)]
            made[enum.name] = {"type": "string", "description": " ".join([notes.get((5, index), ""), *values]).strip(),
                               "enum": [value.name for value in enum.value]}
    return made


def operation(service, method, note):
    body = {"$ref": "#/components/schemas/" + method.input_type.rsplit(".", 1)[1]}
    answer = {"$ref": "#/components/schemas/" + method.output_type.rsplit(".", 1)[1]}
    media = "application/connect+json" if method.server_streaming else "application/json"
    if method.server_streaming:
        note += " Streams: request and answers are enveloped (a byte of flags, four of length), the last one holds how it ended."
    return {"post": {
        "operationId": f"{service.name}_{method.name}", "tags": [service.name], "description": note.strip(),
        "requestBody": {"required": True, "content": {media: {"schema": body}}},
        "responses": {"200": {"description": "The answer.", "content": {media: {"schema": answer}}},
                      "default": {"description": "What went wrong.",
                                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}}}}


def paths(files):
    made = {}
    for file in files:
        notes = comments(file)
        for index, service in enumerate(file.service):
            for number, method in enumerate(service.method):
                if not method.client_streaming:  # those want gRPC
                    made[f"/ventral.v1.{service.name}/{method.name}"] = operation(service, method, notes.get((6, index, 2, number), ""))
    return made


def document():
    files = read_protos()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ventral", "version": "v1",
                 "description": "Scores of network checkpoints on neural benchmarks. Every method of gRPC but those that stream from the "
                                "client, as the Connect protocol's JSON: POST, with the token as 'Authorization: Bearer ventral_…'."},
        "security": [{"token": []}],
        "paths": paths(files),
        "components": {"schemas": schemas(files), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def main():
    words = [word for word in sys.argv[1:] if word != "--check"]
    if len(words) != 1:
        sys.exit(__doc__)
    check, file = "--check" in sys.argv, pathlib.Path(words[0])
    text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    if not check:
        file.write_text(text)
    elif file.read_text() != text:
        sys.exit(f"{file} is not what the protos say: run python proto/openapi.py {file}")


if __name__ == "__main__":
    main()
