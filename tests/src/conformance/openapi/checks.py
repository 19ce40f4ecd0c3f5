"""What schemathesis judges: no answer is a 5xx that nobody chose."""

import json

import schemathesis


@schemathesis.check
def chosen(ctx, response, case):
    """A 5xx is chosen when it is a problem document of this node that is no internal error."""
    if response.status_code < 500:
        return
    try:
        kind = json.loads(response.content)["type"]
    except (ValueError, KeyError, TypeError):
        raise AssertionError(f"{response.status_code} without a problem document")
    if not kind.startswith("urn:fiducie:problem:") or kind.endswith(":internal"):
        raise AssertionError(f"{response.status_code}: {kind}")


@schemathesis.serializer("application/sparql-query")
def query(ctx, value):
    """A query goes as it is; what was drawn to be no query goes as text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
