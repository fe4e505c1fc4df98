#!/usr/bin/env python3
"""An SMTP server with TLS that drops every letter, for benches/delivery.py --tls; Postfix's smtp-sink has no TLS.

    benches/tls_sink.py PORT CERTIFICATE KEY
"""

import os
import signal
import socket
import ssl
import sys

END = b"\r\n.\r\n"


def serve(connection: ssl.SSLSocket) -> None:
    connection.sendall(b"220 sink.example ESMTP\r\n")
    received, in_letter = b"", False
    while octets := connection.recv(1 << 16):
        received += octets
        replies = b""
        while True:
            if in_letter:
                before, end, after = received.partition(END)
                if not end:
                    # Only its end can complete the end of a letter.
                    received = received[-len(END):]
                    break
                received, in_letter = after, False
                replies += b"250 2.0.0 Ok\r\n"
                continue
            line, end, after = received.partition(b"\r\n")
            if not end:
                break
            received = after
            verb = line[:4].upper()
            if verb == b"EHLO":
                replies += b"250-sink.example\r\n250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME\r\n"
            elif verb == b"DATA":
                # The end of an empty letter follows its command at once.
                received, in_letter = b"\r\n" + received, True
                replies += b"354 End data with <CR><LF>.<CR><LF>\r\n"
            elif verb == b"QUIT":
                connection.sendall(replies + b"221 2.0.0 Bye\r\n")
                return
            else:
                replies += b"250 2.1.0 Ok\r\n"
        if replies:
            connection.sendall(replies)


def reap(*_) -> None:
    """Waits for the processes that have ended, so that their CPU time counts as this one's."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def main() -> None:
    port, certificate, key = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    signal.signal(signal.SIGCHLD, reap)
    with socket.create_server(("127.0.0.1", int(port)), backlog=1_000) as server:
        while True:
            plain, _ = server.accept()
            # A process for each connection, so that Python's lock is not what is measured.
            if os.fork() == 0:
                server.close()
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    serve(context.wrap_socket(plain, server_side=True))
                except (OSError, ssl.SSLError):
                    pass
                os._exit(0)
            plain.close()


if __name__ == "__main__":
    main()
