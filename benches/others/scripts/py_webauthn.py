"""Runs cases through py_webauthn.

Reads cases as JSON, one a line, and writes one answer a line: an empty object if the case is
accepted, or the message of the library in `refused`.
"""

import base64
import json
import sys
import time
from datetime import datetime, timezone
from importlib.metadata import version

from OpenSSL.crypto import X509Store
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import AttestationFormat

# The package also exports a function with the name of this module.
chain_module = sys.modules["webauthn.helpers.validate_certificate_chain"]
real_time = time.time


def set_clock(now):
    """The library reads the clock, so the clock shows the time of the case."""
    if now is None:
        time.time = real_time
        chain_module._generate_new_cert_store = X509Store
        return
    moment = datetime.fromisoformat(now.replace("Z", "+00:00")).astimezone(timezone.utc)
    time.time = moment.timestamp

    def store():
        store = X509Store()
        store.set_time(moment.replace(tzinfo=None))
        return store

    chain_module._generate_new_cert_store = store


def pem(text):
    body = base64.encodebytes(base64url_to_bytes(text))
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def anchors(item, attestation_format):
    by_format = item["anchors_by_format"] or {}
    return [pem(text) for text in by_format.get(attestation_format.value, item["trust_anchors"])]


def verify(item):
    expected = {
        "credential": item["response"],
        "expected_challenge": base64url_to_bytes(item["challenge"]),
        "expected_rp_id": item["rp_id"],
        "expected_origin": item["origins"],
        "require_user_verification": item["user_verification"] == "required",
    }
    if not item["registration"]:
        verify_authentication_response(
            **expected,
            credential_public_key=base64url_to_bytes(item["credential"]["public_key"]),
            credential_current_sign_count=item["credential"]["sign_count"],
        )
        return
    if item["algorithms"] is not None:
        expected["supported_pub_key_algs"] = item["algorithms"]
    verify_registration_response(
        **expected,
        require_user_presence=item["mediation"] != "conditional",
        pem_root_certs_bytes_by_fmt={name: anchors(item, name) for name in AttestationFormat},
    )


def answer(item):
    set_clock(item["now"])
    try:
        verify(item)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    return {}


if sys.argv[1:] == ["--version"]:
    print(version("webauthn"))
else:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
