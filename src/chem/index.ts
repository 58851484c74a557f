export { makeCell, minimumImage, wrapPositions, type Cell } from './cell.ts';
export { perceiveBonds, perceiveBondsInSlices } from './bonds.ts';
export type { BondInput, Bonds } from './bond-list.ts';
export { bondThreshold } from './bond-rules.ts';
export { ELEMENTS, atomicNumber, elementOf, elementSymbol, type Element } from './elements.ts';
