"""Follows one topic with Python's websockets until the server says goodbye, and
prints each frame as a line, and how it was closed:

    python3 follow.py URL

Left to itself the library offers compression, and pings: here every second.
"""

import asyncio
import json
import sys

import websockets


async def follow(url):
    async with websockets.connect(url, subprotocols=["junban.v1"], ping_interval=1, ping_timeout=60) as socket:
        try:
            while True:
                print(await socket.recv(), flush=True)
        except websockets.ConnectionClosed:
            print(json.dumps({"type": "closed", "code": socket.close_code}))


asyncio.run(follow(sys.argv[1].replace("http", "ws", 1)))
