/** What the person chose; undefined follows the system. */
export type Theme = 'light' | 'dark';

const STORAGE_KEY = 'covalence.theme';

/** The theme in force. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.style.colorScheme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Applies the theme chosen at an earlier visit. */
export function restoreTheme(): void {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    if (stored === 'light' || stored === 'dark') document.documentElement.style.colorScheme = stored;
  } catch {
    // storage is refused in some frames; the system's theme will do
  }
}

/** Changes between light and dark and remembers it; choosing what the system has follows the system again. */
export function toggleTheme(): Theme {
  const next: Theme = currentTheme() === 'dark' ? 'light' : 'dark';
  const system: Theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.style.colorScheme = next === system ? '' : next;
  try {
    if (next === system) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // see restoreTheme
  }
  return next;
}
