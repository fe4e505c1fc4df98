"""Measures `newsletter serve`: many readers leave at once, then many scanners read the page.

    serve.py ADDRESS PID TOKENS [CONNECTIONS]

TOKENS is a file with a token a line: each is posted once, over so many connections that are kept open, then each page is
read once. Prints requests per second, the times of answers, and the most memory that the process PID had.
"""

import asyncio
import sys
import time
from pathlib import Path

POST = "POST /afmeld/{} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n" \
       "Content-Length: 26\r\n\r\nList-Unsubscribe=One-Click"
GET = "GET /afmeld/{} HTTP/1.1\r\nHost: a\r\n\r\n"


async def work(host, port, tokens, request, times, statuses):
    """Sends requests for tokens over one connection, one after the other."""
    reader, writer = await asyncio.open_connection(host, port)
    while tokens:
        started = time.perf_counter()
        writer.write(request.format(tokens.pop()).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - started)
        status = head.split(b" ", 2)[1].decode()
        statuses[status] = statuses.get(status, 0) + 1
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection(host, port)
    writer.close()


async def measure(name, address, tokens, request, connections):
    host, port = address.rsplit(":", 1)
    times, statuses, tokens = [], {}, list(tokens)
    started = time.perf_counter()
    await asyncio.gather(*(work(host, port, tokens, request, times, statuses) for _ in range(connections)))
    took = time.perf_counter() - started
    times.sort()
    at = lambda share: 1000 * times[min(len(times) - 1, int(share * len(times)))]
    print(f"{name:5} {len(times):6} in {took:6.2f} s: {len(times) / took:7.0f}/s, median {at(0.5):6.1f} ms, "
          f"p99 {at(0.99):6.1f} ms, most {at(1):6.1f} ms, {statuses}")


def main():
    address, process, tokens = sys.argv[1:4]
    connections = int(sys.argv[4]) if len(sys.argv) > 4 else 100
    tokens = Path(tokens).read_text().split()
    asyncio.run(measure("POST", address, tokens, POST, connections))
    asyncio.run(measure("GET", address, tokens, GET, connections))
    status = Path(f"/proc/{process}/status").read_text()
    print("memory", *[line for line in status.splitlines() if line.startswith("VmHWM")])


if __name__ == "__main__":
    main()
