"""A client of the control channel in Python: says what it has, writes, waits for what others write."""

import sys
from pycrdt import Doc, Map, create_sync_message, create_update_message, handle_sync_message
from websockets.sync.client import connect

url, own_key, awaited_key = sys.argv[1:4]
doc = Doc()
state = doc.get("state", type=Map)

with connect(url) as socket:
    socket.send(create_sync_message(doc))
    is_synced = False
    is_written = False
    while True:
        message = socket.recv(timeout=30)
        if message[0] != 0:  # awareness, and nothing else for a stock client
            continue
        reply = handle_sync_message(message[1:], doc)
        if reply is not None:
            socket.send(reply)
        is_synced = is_synced or message[1] == 1
        if is_synced and not is_written:
            is_written = True
            before = doc.get_state()
            state[own_key] = Map({"text": "from Python"})
            socket.send(create_update_message(doc.get_update(before)))
        if is_written and awaited_key in state:
            print(state[awaited_key]["text"])
            break
