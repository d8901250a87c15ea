"""What the document cannot say to schemathesis: addresses with their checksum rule, and that an
idempotency key belongs to one request."""

import os
import re
import uuid

import schemathesis
from hypothesis import strategies as st

# 0x and 40 small digits; with capitals an address would need its checksum. Nobody owns zero.
schemathesis.openapi.format(
    "address", st.from_regex(r"\A0x[1-9a-f][0-9a-f]{39}\Z", fullmatch=True)
)


@schemathesis.auth()
class Key:
    """The key of the run. As a header of the command line it would come back where a test leaves it
    away."""

    def get(self, case, context):
        return os.environ["GUERDON_API_KEY"]

    def set(self, case, key, context):
        case.headers["Authorization"] = f"Bearer {key}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Gives each request that brings a good name one of its own: hypothesis likes to repeat."""
    name = (case.headers or {}).get("Idempotency-Key")
    if isinstance(name, str) and re.fullmatch(r"[!-~]{1,255}", name):
        case.headers["Idempotency-Key"] = f"{name}-{uuid.uuid4()}"[-255:]
