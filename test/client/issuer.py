"""An issuer of bearer tokens: keys and configuration over HTTP or HTTPS on loopback, and tokens as tests want them."""
import base64
import http.server
import json
import ssl
import threading
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def number(n, octets=None):
    return b64(n.to_bytes(octets or (n.bit_length() + 7) // 8, "big"))


class Key:
    def __init__(self, kid, algorithm="ES256"):
        self.kid, self.algorithm = kid, algorithm
        self.private = ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else rsa.generate_private_key(65537, 2048)

    def public(self):
        n = self.private.public_key().public_numbers()
        if self.algorithm == "ES256":
            return {"kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "x": number(n.x, 32), "y": number(n.y, 32)}
        return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": self.algorithm, "n": number(n.n), "e": number(n.e)}

    def sign(self, claims):
        text = b64(json.dumps({"alg": self.algorithm, "kid": self.kid, "typ": "at+jwt"}).encode()) + "." + b64(json.dumps(claims).encode())
        if self.algorithm == "ES256":
            r, s = utils.decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
            return text + "." + b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return text + "." + b64(self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))


class Issuer:
    """certificate: the files of certificate and key; then it speaks HTTPS."""

    def __init__(self, certificate=None):
        self.keys, self.asked = [Key("first")], []
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                what = {"/realm/.well-known/openid-configuration": {"issuer": issuer.name, "jwks_uri": issuer.origin + "/keys"},
                        "/keys": {"keys": [k.public() for k in issuer.keys]}}.get(self.path)
                self.send_response(200 if what else 404)
                self.end_headers()
                self.wfile.write(json.dumps(what).encode())

            def log_message(self, *args):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.origin = f"http{'s' if certificate else ''}://127.0.0.1:{self.http.server_address[1]}"
        self.name = self.origin + "/realm"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()

    def token(self, email="alice@example.org", key=None, **more):
        claims = {"iss": self.name, "aud": "bourse", "email": email, "exp": int(time.time()) + 300, "iat": int(time.time()), **more}
        return (key or self.keys[0]).sign({k: v for k, v in claims.items() if v is not None})
