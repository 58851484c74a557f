/** Whether this is `npm run test:long`. */
const isLong = process.env['COVALENCE_LONG'] === '1';

/** How often a randomised test repeats: the first count in `npm test`, the second in `npm run test:long`. */
export const count = (usual: number, long: number): number => (isLong ? long : usual);
