import { numberOfText } from './text/parse-number.ts';

/** Time (ps) and step that GROMACS writes into titles: `... t= 12.50000 step= 6250`. */
export function timeOfTitle(title: string): { time?: number; step?: number } {
  const time = numberOfText(/\bt=\s*([-+.\dA-Za-z]+)/.exec(title)?.[1] ?? '');
  const step = numberOfText(/\bstep=\s*(\d+)/.exec(title)?.[1] ?? '');
  return { ...(time === undefined ? {} : { time }), ...(step === undefined ? {} : { step }) };
}
