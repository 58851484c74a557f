"""What people have in numpy, written to the room of the link and read back; see python-client.test.ts."""
import sys
import numpy as np
from covalence_client import Room

room = Room(sys.argv[1])
room.append(
    {
        "positions": [[0, 0, 0], [1, 0, 0]],
        "numbers": np.array([8, 1]),
        "pbc": np.array([True, True, False]),
        "cell": np.eye(3, dtype="f4"),
        "tags": np.arange(2),
        "arrays.mol": np.array([1, 2], ">i8"),
        "arrays.fixed": [True, False],
        "energy": np.float32(-1.5),
        "step": np.int64(4),
        "time": np.array(0.5),
    }
)
frame = room.read(0)
data = frame["data"]
keys = ["positions", "numbers", "pbc", "cell", "tags", "arrays.mol", "arrays.fixed"]
print(", ".join(f"{key} {data[key].dtype.str}" for key in keys))
print(f"energy {data['energy']}, step {data['step']}, time {data['time']}")
data["positions"] += 0.5
room.edit(frame, positions=data["positions"], energy=None)
after = room.read(-1)["data"]
print("written into" if after["positions"][0, 0] == 0.5 and "energy" not in after else after)
room.append(data, data)
print(len(room.read(slice(0, 2))), "of 3,", len(room.read(slice(2, None), ["energy"])), "of 3")
for refused in (lambda: room.append({"positions": [[0, 0, 0]], "numbers": [300]}), lambda: Room("http://localhost:8080/argon")):
    try:
        refused()
    except ValueError as error:
        print(error)
