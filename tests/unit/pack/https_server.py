"""An HTTPS server on this machine for the download test: prints "PORT CERTIFICATE", and ends with its input."""
import http.server
import pathlib
import ssl
import subprocess
import sys
import threading

folder = pathlib.Path(sys.argv[1])
CONTENT = b"bytes as published"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        moves = {"/moved": "/ok", "/loop": "/loop", "/plain": f"http://127.0.0.1:{plain.server_address[1]}/ok"}
        bodies = {"/ok": CONTENT, "/long": CONTENT * 1000, "/other": b"bytes as falsified"}
        if self.path in moves:
            self.send_response(302)
            self.send_header("Location", moves[self.path])
            self.end_headers()
        elif self.path in bodies:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(bodies[self.path])
        else:
            self.send_error(404)

    def log_message(self, *unused):
        pass


subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
     "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
    check=True, capture_output=True)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
# The same without TLS, which must not be followed to.
plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
for each in (server, plain):
    threading.Thread(target=each.serve_forever, daemon=True).start()
print(server.server_address[1], folder / "cert.pem", flush=True)
sys.stdin.read()
