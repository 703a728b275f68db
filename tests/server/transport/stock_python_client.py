# Stock python3-thrift over TLS, framed, binary and compact: what a portal's own developers would write.
# SPDX-License-Identifier: Apache-2.0
import ssl
import subprocess
import sys

sys.path.insert(0, sys.argv[2])

from thrift.Thrift import TApplicationException, TMessageType
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.transport.TSSLSocket import TSSLSocket
from thrift.transport.TTransport import TFramedTransport, TTransportException

from noren_echo import Echo
from noren_echo.ttypes import Leaf, Tree


def connect(port, directory, protocol_class, pair="portal"):
    tls = TSSLSocket("localhost", port, ca_certs=directory + "/ca.crt", cert_reqs=ssl.CERT_REQUIRED,
                     certfile=directory + "/%s.crt" % pair, keyfile=directory + "/%s.key" % pair)
    transport = TFramedTransport(tls)
    transport.open()
    return Echo.Client(protocol_class(transport)), transport, tls


def check_calls(port, directory, protocol_class):
    client, transport, tls = connect(port, directory, protocol_class)
    assert tls.handle.version() == "TLSv1.3", tls.handle.version()
    text = "\ud55c\uad6d\uc5b4 \u65e5\u672c\u8a9e English"
    assert client.Say(text) == text
    assert client.WhoAmI() == "portal:test-portal"
    assert client.CountLeaves([Leaf("a", i) for i in range(1000)]) == 1000
    assert client.CountNodes(Tree([Tree([], []), Tree([Tree([], [])], [])], [])) == 4
    assert client.Make(3000000) == b"x" * 3000000
    assert client.Say("y" * 900000) == "y" * 900000
    client.Note("one way")
    # An unknown method is an ordinary exception, and the connection stays usable.
    client._oprot.writeMessageBegin("NoSuchMethod", TMessageType.CALL, 7)
    Echo.WhoAmI_args().write(client._oprot)
    client._oprot.writeMessageEnd()
    client._oprot.trans.flush()
    name, kind, sequence = client._iprot.readMessageBegin()
    assert (name, kind, sequence) == ("NoSuchMethod", TMessageType.EXCEPTION, 7), (name, kind, sequence)
    refusal = TApplicationException()
    refusal.read(client._iprot)
    client._iprot.readMessageEnd()
    assert refusal.type == TApplicationException.UNKNOWN_METHOD, refusal.type
    # What a handler throws is not told.
    try:
        client.Fail("canary")
        raise AssertionError("Fail() answered")
    except TApplicationException as error:
        assert error.type == TApplicationException.INTERNAL_ERROR and error.message == "INTERNAL", error.message
    for i in range(500):
        assert client.Say(str(i)) == str(i)
    transport.close()


def check_refusals(port, directory):
    # Without a client certificate nothing is answered.
    try:
        tls = TSSLSocket("localhost", port, ca_certs=directory + "/ca.crt", cert_reqs=ssl.CERT_REQUIRED)
        transport = TFramedTransport(tls)
        transport.open()
        Echo.Client(TBinaryProtocol(transport)).WhoAmI()
        raise AssertionError("answered without a client certificate")
    except (TTransportException, ssl.SSLError, OSError):
        pass


def main():
    server = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        port, directory = server.stdout.readline().split()
        for protocol_class in (TBinaryProtocol, TCompactProtocol):
            check_calls(int(port), directory, protocol_class)
        check_refusals(int(port), directory)
        client, transport, _ = connect(int(port), directory, TCompactProtocol, "company")
        assert client.WhoAmI() == "company:test-company"
        transport.close()
    finally:
        server.stdin.close()
        status = server.wait(timeout=30)
    assert status == 0, status
    print("stock python3-thrift: binary and compact, 1,030 calls, refusals")


main()
