"""Every string field of every request of every service, found by reflection, and what is put into them."""

import importlib

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

SERVICES = ("admin", "blob", "job", "model", "pack", "score", "worker", "worker_pool")
DEEPEST = 5  # google.protobuf.Value holds itself

PATHS = ("../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "models/../../../etc/shadow", "packs/%2e%2e%2f%2e%2e%2fetc",
         "jobs/..", "file:///etc/passwd", "models/.", "//")
SQL = ("'; DROP TABLE jobs; --", "' OR '1'='1", "models/x'; DELETE FROM scores; --", "1); TRUNCATE users; --", "$1", "\\'; SELECT pg_sleep(9); --",
       "jobs/' UNION SELECT digest FROM tokens --", "{\"a\"}', NULL); --")
TEXTS = ("\x1b[2J\x1b]0;owned\x07", "%s%n%p%x", "${jndi:ldap://x/a}", "\u202e\ufeff", "a" * 100_000, "\x00", "-1", "NaN", "NULL", " ")
HOSTILE = (*PATHS, *SQL, *TEXTS)


def methods():
    """(path, method descriptor) of every method, in order."""
    for name in SERVICES:
        file = importlib.import_module(f"ventral.v1.{name}_pb2").DESCRIPTOR
        for service in file.services_by_name.values():
            for method in service.methods:
                yield f"/{service.full_name}/{method.name}", method


def role_of(method):
    """Whose token the method wants, as its proto says."""
    access = importlib.import_module("ventral.v1.access_pb2")
    return access.Role.Name(method.GetOptions().Extensions[access.access].role).removeprefix("ROLE_").lower()


def is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def string_fields(message, before=()):
    """Paths of field descriptors that end at a string, through messages, lists and maps."""
    for field in message.fields:
        if field.type == FieldDescriptor.TYPE_STRING:
            yield (*before, field)
        elif field.message_type is not None and len(before) < DEEPEST:
            yield from string_fields(field.message_type, (*before, field))


def request_with(method, path, text):
    """The method's request with `text` at the end of `path`, all else empty."""
    request = GetMessageClass(method.input_type)()
    put(request, path, text)
    return request


def put(message, path, text):
    field, rest = path[0], path[1:]
    if is_map(field):
        key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
        entries = getattr(message, field.name)
        if rest[0] == key:
            entries[text].CopyFrom(type(entries[text])()) if value.message_type else entries.update({text: ""})
        elif value.message_type:
            put(entries["key"], rest[1:], text)
        else:
            entries["key"] = text
    elif field.is_repeated:
        if rest:
            put(getattr(message, field.name).add(), rest, text)
        else:
            getattr(message, field.name).append(text)
    elif rest:
        put(getattr(message, field.name), rest, text)
    else:
        setattr(message, field.name, text)


def name_of(path):
    return ".".join(field.name for field in path)
