"""Makes pycrdt-updates.json, what a Python client sends: pip install pycrdt==0.14.13 && python make-pycrdt-updates.py"""
import json
from pathlib import Path

from pycrdt import Doc, Map
out = []
doc = Doc(client_id=2117003913384774)
m = doc.get("state", type=Map)
sv = doc.get_state()
def emit(kind):
    global sv
    out.append({"kind": kind, "hex": doc.get_update(sv).hex()}); sv = doc.get_state()
m["selection.a"] = Map({"display_name": "oxygen", "particle_ids": b"\x01\x02", "n": 3, "f": 0.5, "l": [1, 2], "o": {"x": None}}); emit("record")
m["playback"] = {"frame": 1}; emit("value")
for i in range(20): m["playback"] = {"frame": i}
emit("overwrites")
m["selection.a"]["display_name"] = "hydrogen"; emit("field")
del m["selection.a"]["n"]; emit("delete field")
del m["playback"]; emit("delete")
m["playback"] = 7; emit("again")
with doc.transaction():
    m["selection.b"] = Map({"x": 1}); m["selection.c"] = True; m["big"] = 2**40; m["neg"] = -5
emit("transaction")
del m["selection.a"]; emit("delete record")
out.append({"kind": "whole", "hex": doc.get_update().hex()})
target = Path(__file__).with_name("pycrdt-updates.json")
target.write_text(json.dumps({"updates": out, "content": m.to_py()}, indent=1) + "\n")
