"""What the document cannot say to schemathesis: addresses with their checksum rule, and that an
idempotency key belongs to one request."""

import re
import uuid

import schemathesis
from hypothesis import strategies as st

# 0x and 40 small digits; with capitals an address would need its checksum. Nobody owns zero.
schemathesis.openapi.format(
    "address", st.from_regex(r"\A0x[1-9a-f][0-9a-f]{39}\Z", fullmatch=True)
)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Gives each request that brings a good name one of its own: hypothesis likes to repeat."""
    name = (case.headers or {}).get("Idempotency-Key")
    if isinstance(name, str) and re.fullmatch(r"[!-~]{1,200}", name):
        case.headers["Idempotency-Key"] = f"{name}-{uuid.uuid4()}"
