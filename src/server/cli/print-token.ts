import type { Capability } from '../../protocol/capabilities.ts';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { routes } from '../../protocol/routes.ts';
import { signToken } from '../access/signed-token.ts';
import type { TokenArguments } from './arguments.ts';

const LINKS: readonly [label: string, can: readonly Capability[]][] = [
  ['look', ['read']],
  ['edit', ['read', 'write', 'present', 'create']],
];

/** `covalence token`: prints a token, or two, and the whole links that carry them. */
export async function printToken(
  { room, can, lastsMs, person, subject, secret, url }: TokenArguments,
  print: (text: string) => void,
  clock: Clock = systemClock,
): Promise<void> {
  const expiresMs = clock.now() + lastsMs;
  const address = url + (room === '*' ? '/' : routes.page(room));
  const made = can === undefined ? LINKS : [[can.join(', '), can] as const];
  const end = `${new Date(expiresMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  print(`\n  For ${person ?? 'whoever has the link'}, in ${room === '*' ? 'all rooms' : `"${room}"`}, until ${end}\n`);
  for (const [label, allowed] of made) {
    const token = await signToken(secret, { room, can: allowed, name: person, subject, expiresMs }, clock);
    print(`\n  ${label}\n  ➜  ${address}#token=${token}\n     token ${token}\n`);
  }
  print('\n');
}
