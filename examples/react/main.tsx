import 'covalence/components/define';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { MoleculePage } from './molecule-page.tsx';

const root = document.querySelector('#root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <MoleculePage />
    </StrictMode>,
  );
