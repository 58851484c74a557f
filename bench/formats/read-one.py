"""One measurement: python3 read-one.py FILE COPY. Prints CPU milliseconds of MDAnalysis' index and read as JSON.

COPY is written first, because MDAnalysis leaves its index beside the file. Positions are read from the disk's cache.
"""
import glob
import json
import os
import shutil
import sys
import time
import warnings

warnings.filterwarnings('ignore')
import MDAnalysis
from MDAnalysis.coordinates.core import get_reader_for

source, copy = sys.argv[1:3]
shutil.copyfile(source, copy)
best = {'index': 1e9, 'read': 1e9}
try:
    for _ in range(7):
        for old in glob.glob(os.path.join(os.path.dirname(copy), '.*offsets*')):
            os.remove(old)
        began = time.process_time()
        reader = get_reader_for(copy)(copy, **({'n_atoms': int(sys.argv[3])} if len(sys.argv) > 3 else {}))
        frames = len(reader)
        indexed = time.process_time()
        for step in reader:
            step.positions
        read = time.process_time()
        reader.close()
        best['index'] = min(best['index'], (indexed - began) * 1000)
        best['read'] = min(best['read'], (read - indexed) * 1000)
    print(json.dumps({**best, 'frames': frames}))
except Exception as error:
    print(json.dumps({'error': f'{type(error).__name__}: {error}'.split('\n')[0][:60]}))
