import 'covalence/components/define';
import { restoreTheme } from './theme.ts';

restoreTheme();
const viewer = document.querySelector('co-viewer');
if (viewer !== null) viewer.src = new URL('./benzene.xyz', import.meta.url).href;
