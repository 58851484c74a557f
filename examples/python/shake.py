"""Moves every atom of a frame at random, appends the result, and tries an edit that comes too late.

    python3 shake.py http://localhost:8080/r/droplets
"""
import sys
import numpy as np
from covalence_client import Refused, Room

room = Room(sys.argv[1])
frame = room.read(0)
rng = np.random.default_rng(1)
positions = frame["data"]["positions"]
shaken = (positions + rng.normal(0, 0.05, positions.shape)).astype(positions.dtype)
(new,) = room.append({**frame["data"], "positions": shaken})
print("appended", new, "as frame", room.info()["count"] - 1)

print("version", room.edit(frame, positions=shaken, energy=-1.5))
try:
    room.edit(frame, positions=positions)
except Refused as refused:
    print(refused.code, refused.problem["conflicting_keys"])
again = room.read(0)
assert np.array_equal(again["data"]["positions"], shaken) and again["data"]["energy"] == -1.5
seq = [record["seq"] for record in room.history() if any(op.get("op") == "set" for op in record["ops"])][-1]
room.undo(seq)
back = room.read("0:1")[0]
assert np.array_equal(back["data"]["positions"], positions), "undo gives the same bytes"
print("undone, version", back["version"])
