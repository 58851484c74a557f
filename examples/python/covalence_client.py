"""Reads, appends and edits the frames of a Covalence room: Python 3.8+ and numpy, nothing else.

    room = Room("http://localhost:8080/r/droplets")
    frame = room.read(0, ["positions", "energy"])
    room.edit(frame, positions=frame["data"]["positions"] + 0.1)
"""
import hashlib, io, json, re, struct, urllib.error, urllib.parse, urllib.request, uuid
import numpy as np

class Refused(Exception):
    """What the server said no to: `code` for programs (`frame/conflict`, `lock/held`), the text for people."""
    def __init__(self, problem):
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.code, self.problem = problem.get("code"), problem

class Room:
    def __init__(self, url):
        parts = re.fullmatch(r"(https?://[^?#]*)/r/([^/?#]+)/?(?:[?#](.*))?", url)
        if parts is None: raise ValueError(f"{url!r} is no link of a room, such as http://localhost:8080/r/droplets")
        base, name, query = parts.groups()
        self.root = f"{base}/v1/rooms/{name}"
        self.token = dict(urllib.parse.parse_qsl(query or "")).get("token")

    def info(self): return self._ask("GET", "")

    def read(self, index, keys=None):
        """One frame by its place, or a list of them for "10:20" or slice(10, 20); the sha256 of every array was checked."""
        if isinstance(index, slice): index = f"{index.start or 0}:{'' if index.stop is None else index.stop}:{index.step or 1}"
        data = "" if keys is None else "&data=" + ",".join(keys)
        frames = self._ask("GET", f"/frames?index={index}{data}")
        for frame in frames:
            frame["data"] = {key: checked(value, frame["hashes"][key]) for key, value in frame["data"].items()}
        return frames if isinstance(index, str) else frames[0]

    def append(self, *frames):
        """Adds frames, dicts of arrays, lists and numbers, at the end; gives their ids."""
        return self._ask("POST", "/frames", [{k: wire(k, v) for k, v in frame.items()} for frame in frames])["ids"]

    def edit(self, frame, lock_token=None, **values):
        """Replaces values of a frame as it was read; refused with `frame/conflict` if it changed since."""
        headers = {"If-Match": f'"v{frame["version"]}"', **({"Lock-Token": lock_token} if lock_token else {})}
        answer = self._ask("PATCH", f"/frames/{frame['id']}", {k: wire(k, v) for k, v in values.items()}, headers)
        return answer["frames"][frame["id"]]["version"]

    def undo(self, seq): return self._ask("POST", "/undo", {"seq": seq})["seq"]
    def history(self, since=0): return self._ask("GET", f"/log?since={since}")["records"]

    def _ask(self, method, path, body=None, headers={}):
        headers = {"Accept": "application/x-msgpack", "Idempotency-Key": uuid.uuid4().hex, **headers}
        if self.token: headers["Authorization"] = "Bearer " + self.token
        if body is not None: headers["Content-Type"] = "application/x-msgpack"
        request = urllib.request.Request(self.root + path, None if body is None else pack(body), headers, method=method)
        try: return unpack(urllib.request.urlopen(request).read())
        except urllib.error.HTTPError as error: raise Refused(json.load(error)) from None

def checked(value, digest):
    if not isinstance(value, dict): return value
    table = value.get("table")
    raw = value["data"] + (b"" if table is None else json.dumps(table, separators=(",", ":"), ensure_ascii=False).encode())
    if hashlib.sha256(raw).hexdigest() != digest: raise ValueError("an array arrived damaged; ask again")
    array = np.frombuffer(value["data"], value["dtype"]).reshape(value["shape"]).copy()
    return array if table is None else np.array(table)[array]

TYPES = {"numbers": "u1", "species": "u1", "pbc": "u1", "cell": "f8", "stress": "f8", "tags": "i4", "ids": "i4", "bonds": "i4"}
SMALLER = {"b1": "u1", "i8": "i4", "u8": "u4", "f2": "f4"}  # what numpy has and frames have not
def wire(key, value):
    if value is None or isinstance(value, (bool, int, float, str)): return value
    a = np.asarray(value) * 1.0 if key in ("positions", "velocities", "forces", "charges", "masses") else np.asarray(value)
    if a.ndim == 0: return a.item()
    table, a = np.unique(a, return_inverse=True) if a.dtype.kind == "U" else (None, a)
    kind = TYPES.get(key) or SMALLER.get(a.dtype.str[1:], a.dtype.str[1:])
    stored = np.ascontiguousarray(a, "<i4" if table is not None else "<" + kind)
    if stored.dtype.kind in "iu" and not np.array_equal(stored, a): raise ValueError(f"{key} does not fit into {kind}")
    array = {"dtype": stored.dtype.str, "shape": list(a.shape), "data": stored.tobytes()}
    return array if table is None else {**array, "table": table.tolist()}
def pack(value):
    if value is None or isinstance(value, bool): return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int): return struct.pack(">Bq", 0xD3, value)
    if isinstance(value, float): return struct.pack(">Bd", 0xCB, value)
    if isinstance(value, str): return struct.pack(">BI", 0xDB, len(value.encode())) + value.encode()
    if isinstance(value, bytes): return struct.pack(">BI", 0xC6, len(value)) + value
    head = struct.pack(">BI", 0xDF if isinstance(value, dict) else 0xDD, len(value))
    return head + b"".join(map(pack, sum(value.items(), ()) if isinstance(value, dict) else value))
NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
LENGTHS = {0xC4: "bB", 0xC5: "bH", 0xC6: "bI", 0xD9: "sB", 0xDA: "sH", 0xDB: "sI", 0xDC: "aH", 0xDD: "aI", 0xDE: "mH", 0xDF: "mI"}
def unpack(data):
    take = io.BytesIO(data).read
    def number(form): return struct.unpack(form, take(struct.calcsize(form)))[0]
    def value():
        tag = take(1)[0]
        if tag < 0x80 or tag >= 0xE0: return tag if tag < 0x80 else tag - 256
        if tag in (0xC0, 0xC2, 0xC3): return {0xC0: None, 0xC2: False, 0xC3: True}[tag]
        if tag in NUMBERS: return number(NUMBERS[tag])
        if tag in LENGTHS: kind, count = LENGTHS[tag][0], number(">" + LENGTHS[tag][1])
        elif tag < 0xA0: kind, count = "m" if tag < 0x90 else "a", tag & 15
        else: kind, count = "s", tag & 31
        if kind == "m": return {value(): value() for _ in range(count)}
        if kind == "a": return [value() for _ in range(count)]
        return take(count).decode() if kind == "s" else take(count)
    return value()
