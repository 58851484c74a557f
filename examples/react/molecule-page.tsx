import { useMemo, useRef, useState, type ReactElement } from 'react';
import type { CoViewer } from 'covalence/components';

const METHANOL = new URL('./methanol.xyz', import.meta.url).href;

/** Two pictures of one molecule with one selection: React's. A third shows a shared room, when the address names one. */
export function MoleculePage(): ReactElement {
  const viewer = useRef<CoViewer>(null);
  const [selected, setSelected] = useState<readonly number[]>([]);
  const [isShown, setShown] = useState(true);
  const room = useMemo(() => new URLSearchParams(location.search).get('room') ?? undefined, []);
  return (
    <main style={{ font: '16px system-ui' }}>
      <p>
        <output>{selected.length === 0 ? 'nothing selected' : `selected: ${selected.join(' ')}`}</output>{' '}
        <button onClick={() => setSelected([2, 3, 4])}>the methyl group</button>{' '}
        <button onClick={() => viewer.current?.fit()}>fit</button>{' '}
        <button onClick={() => setShown(!isShown)}>{isShown ? 'hide' : 'show'}</button>
      </p>
      {isShown && (
        <div style={{ display: 'flex', gap: 8 }}>
          <co-viewer
            ref={viewer}
            id="first"
            src={METHANOL}
            selected={selected}
            style={{ width: 320, height: 240 }}
            onco-selection-changed={({ atoms }) => setSelected(atoms)}
          />
          <co-viewer
            id="second"
            src={METHANOL}
            selected={selected}
            style={{ width: 320, height: 240 }}
            onco-selection-changed={({ atoms }) => setSelected(atoms)}
          >
            <co-visualiser render="spheres" />
          </co-viewer>
        </div>
      )}
      {isShown && room !== undefined && (
        <co-room href={room}>
          <co-viewer id="shared" style={{ width: 320, height: 240 }} />
          <co-timeline />
        </co-room>
      )}
    </main>
  );
}
