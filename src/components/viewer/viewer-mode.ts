/**
 * What a plain click and drag do: turn and select, select in a rectangle or with a lasso, measure a distance, an angle
 * or a dihedral, move atoms.
 */
export type ViewerMode = 'select' | 'box' | 'lasso' | 'measure' | 'angle' | 'dihedral' | 'move';
