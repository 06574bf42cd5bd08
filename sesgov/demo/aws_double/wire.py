"""Results in the wire form of each protocol."""

import json
from typing import Any
from xml.sax.saxutils import escape

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import REQUEST_ID, Answer

NAMESPACES = {
    "ses": "http://ses.amazonaws.com/doc/2010-12-01/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "ec2": "http://ec2.amazonaws.com/doc/2016-11-15/",
}


class XmlMap(dict[str, Any]):
    """A map (``<entry><key/><value/></entry>``), where a plain dict is a structure."""


def render_result(call: Call, result: dict[str, Any]) -> Answer:
    if call.protocol == "rest-json":
        return Answer(200, "application/json", json.dumps(result).encode())
    if call.protocol == "json":
        return Answer(200, "application/x-amz-json-1.1", json.dumps(result).encode())
    return Answer(200, "text/xml", _document(call, result).encode())


def _document(call: Call, result: dict[str, Any]) -> str:
    name, namespace = call.action, NAMESPACES[call.service]
    if call.protocol == "ec2":
        content = f"<requestId>{REQUEST_ID}</requestId>{_element(result, 'item')}"
    else:
        content = (
            f"<{name}Result>{_element(result, 'member')}</{name}Result>"
            f"<ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>"
        )
    return f'<{name}Response xmlns="{namespace}">{content}</{name}Response>'


def _element(value: object, item: str) -> str:
    if isinstance(value, XmlMap):
        entries = ((escape(str(key)), _element(inner, item)) for key, inner in value.items())
        return "".join(f"<entry><key>{key}</key><value>{inner}</value></entry>" for key, inner in entries)
    if isinstance(value, dict):
        return "".join(f"<{key}>{_element(inner, item)}</{key}>" for key, inner in value.items() if inner is not None)
    if isinstance(value, list):
        return "".join(f"<{item}>{_element(inner, item)}</{item}>" for inner in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))
