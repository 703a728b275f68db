# A real daemon in a folder of its own, the command line against it, and a stock Thrift client: what the demo and the
# integration tests stand on. Python's standard library and Debian's python3-thrift only.
# SPDX-License-Identifier: Apache-2.0
import importlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
import warnings
from pathlib import Path

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TMultiplexedProtocol import TMultiplexedProtocol
from thrift.transport.TSSLSocket import TSSLSocket
from thrift.transport.TTransport import TFramedTransport

# Debian's thrift 0.17 uses calls that Python 3.11 has marked as old.
warnings.filterwarnings("ignore", category=DeprecationWarning, module="thrift")

SOURCE = Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Refused(Exception):
    def __init__(self, exit_code, output, error):
        super().__init__(f"exit {exit_code}: {error.strip() or output.strip()}")
        self.exit_code, self.output, self.error = exit_code, output, error

    def code(self):
        for text in (self.error, self.output):
            try:
                # A line on how to repeat the request may follow.
                return json.loads(text.splitlines()[0])["error"]["code"]
            except (ValueError, KeyError, TypeError, IndexError):
                continue
        return ""


class Service:
    """`noren init` in `folder`, then `noren serve` as a process that can be stopped, killed and started again."""

    def __init__(self, noren, folder, companies, portals=("alpha",), officers=("invented-officer",),
                 analysts=(), policy=None):
        self.noren, self.folder = str(Path(noren).resolve()), Path(folder)
        self.port, self.http_port, self.process = free_port(), free_port(), None
        words = [self.noren, "init", str(self.folder / "service"), "--operator", "example",
                 "--datasets", str(SOURCE / "datasets")]
        for option, names in (("--portal", portals), ("--company", companies), ("--officer", officers),
                              ("--analyst", analysts)):
            words += [word for name in names for word in (option, name)]
        words += ["--policy", str(policy)] if policy else []
        subprocess.run(words, check=True, capture_output=True)
        self.home = self.folder / "service"
        self.environment = {**os.environ, "NOREN_LISTEN_PORT": str(self.port),
                            "NOREN_HTTP_PORT": str(self.http_port), "NO_COLOR": "1",
                            "NOREN_DATASETS": str(SOURCE / "datasets")}

    def start(self, expect_exit=None):
        errors = open(self.folder / "serve.log", "ab")
        self.process = subprocess.Popen([self.noren, "serve", "--config", str(self.home / "noren.toml")],
                                        env=self.environment, stderr=errors)
        if expect_exit is not None:
            code = self.process.wait(timeout=60)
            assert code == expect_exit, f"serve ended with {code}, not {expect_exit}"
            return (self.folder / "serve.log").read_text().strip().splitlines()[-1]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "serve.log").read_text()[-2000:])
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return ""
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the daemon is not ready after a minute")

    def stop(self, how=signal.SIGTERM):
        if self.process is None or self.process.poll() is not None:
            return None
        self.process.send_signal(how)
        return self.process.wait(timeout=60)

    def run(self, who, *words, check=True, text=False):
        """One command as `who` ("portal-alpha"); the JSON it prints, or its text. Refused unless it ends with 0."""
        command = [self.noren, "--server", f"localhost:{self.port}", "--identity", str(self.home / "tls")]
        if who:
            command += ["--as", who]
        if not text:
            command.append("--json")
        done = subprocess.run(command + [str(word) for word in words], env=self.environment, capture_output=True,
                              text=True)
        if check and done.returncode != 0:
            raise Refused(done.returncode, done.stdout, done.stderr)
        if text or not check:
            return done
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def refusal(self, who, *words):
        """The refusal of a command that must not work."""
        try:
            self.run(who, *words)
        except Refused as refused:
            return refused
        raise AssertionError(f"{' '.join(map(str, words))} was allowed")

    def messages(self, kind):
        """What left through the outbox, oldest first."""
        found = []
        for path in sorted((self.home / "data" / "outbox").glob("*.json"), key=lambda p: p.stat().st_mtime_ns):
            message = json.loads(path.read_text())
            if message["kind"] == kind:
                found.append(message)
        return found


class StockClient:
    """Debian's python3-thrift over TLS, with code that the Thrift compiler makes from the project's IDL."""

    def __init__(self, service, who, generated):
        if not (generated / "noren_wire").exists():
            generated.mkdir(parents=True, exist_ok=True)
            for name in ("portal", "person", "company", "officer"):
                subprocess.run(["thrift", "-r", "--gen", "py", "-out", str(generated),
                                str(SOURCE / "server" / "thrift" / f"{name}.thrift")], check=True)
        if str(generated) not in sys.path:
            sys.path.insert(0, str(generated))
        tls = service.home / "tls"
        channel = TSSLSocket("localhost", service.port, ca_certs=str(tls / "ca.crt"), cert_reqs=ssl.CERT_REQUIRED,
                             certfile=str(tls / f"{who}.crt"), keyfile=str(tls / f"{who}.key"))
        self.transport = TFramedTransport(channel)
        self.transport.open()
        self.protocol = TBinaryProtocol(self.transport)

    def service(self, role):
        module = importlib.import_module(f"noren_wire.{role}.{role.capitalize()}Service")
        return module.Client(TMultiplexedProtocol(self.protocol, role))

    def types(self, role):
        return importlib.import_module(f"noren_wire.{role}.ttypes")

    def close(self):
        self.transport.close()
