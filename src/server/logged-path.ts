/** A signed token, and whatever follows the name of the parameter that carries one; also with its `=` encoded. */
const TOKENS = /\beyJ[\w-]+\.[\w-]*\.[\w-]*|(token(?:=|%3d))[^/&]+/gi;

/**
 * The path of an address as a log may have it: without the query, and without a token that somebody put where none
 * belongs, as whoever pastes a link whose `#` was encoded on its way.
 */
export function loggedPath(url: string, linkToken: string | undefined): string {
  const [path] = url.split('?');
  const clean = path.replaceAll(TOKENS, (_found, name: string | undefined) => `${name ?? ''}...`);
  return linkToken === undefined ? clean : clean.replaceAll(linkToken, '...');
}
