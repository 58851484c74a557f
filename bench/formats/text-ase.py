# ASE's reader of one file, in a process of its own. argv: path, format.
import json
import resource
import sys
import warnings

import ase.io

warnings.simplefilter("ignore")
path, kind = sys.argv[1:]


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


before = cpu()
frames = sum(1 for _ in ase.io.iread(path, index=":", format=kind))
print(json.dumps({"readMs": cpu() - before, "frames": frames, "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
