/** What is known about one chemical element. Lengths in angstrom, masses in unified atomic mass units. */
export interface Element {
  /** Atomic number; 0 is the unknown species. */
  readonly number: number;
  readonly symbol: string;
  readonly name: string;
  /** Standard atomic weight (u); the mass of a long-lived isotope where there is none; 0 for the unknown species. */
  readonly mass: number;
  /** Single-bond covalent radius (angstrom). */
  readonly covalentRadius: number;
  /** Van der Waals radius (angstrom). */
  readonly vdwRadius: number;
  /** 24-bit RGB, e.g. 0xff0d0d for oxygen. */
  readonly color: number;
}

/**
 * Symbol, name, mass, covalent radius, van der Waals radius, colour; the row number is the atomic number.
 *
 * - Masses: J. Meija et al., Pure Appl. Chem. 88, 265 (2016), conventional values; an isotope's mass for radioactive elements.
 * - Covalent radii: B. Cordero et al., Dalton Trans. 2832 (2008), sp3 carbon, high-spin Mn, Fe, Co; 1.5 beyond curium.
 * - Van der Waals radii: A. Bondi, J. Phys. Chem. 68, 441 (1964) as completed for the main groups by M. Mantina et al.,
 *   J. Phys. Chem. A 113, 5806 (2009); other elements S. Alvarez, Dalton Trans. 42, 8617 (2013); 2.0 where none is given.
 * - Colours: the element colours of Jmol (https://jmol.sourceforge.net/jscolors/), which extend Corey-Pauling-Koltun.
 */
const ROWS: readonly (readonly [string, string, number, number, number, number])[] = [
  ['X', 'Unknown', 0, 0.77, 1.7, 0xff1493],
  ['H', 'Hydrogen', 1.008, 0.31, 1.1, 0xffffff],
  ['He', 'Helium', 4.002602, 0.28, 1.4, 0xd9ffff],
  ['Li', 'Lithium', 6.94, 1.28, 1.81, 0xcc80ff],
  ['Be', 'Beryllium', 9.012183, 0.96, 1.53, 0xc2ff00],
  ['B', 'Boron', 10.81, 0.84, 1.92, 0xffb5b5],
  ['C', 'Carbon', 12.011, 0.76, 1.7, 0x909090],
  ['N', 'Nitrogen', 14.007, 0.71, 1.55, 0x3050f8],
  ['O', 'Oxygen', 15.999, 0.66, 1.52, 0xff0d0d],
  ['F', 'Fluorine', 18.998403, 0.57, 1.47, 0x90e050],
  ['Ne', 'Neon', 20.1797, 0.58, 1.54, 0xb3e3f5],
  ['Na', 'Sodium', 22.989769, 1.66, 2.27, 0xab5cf2],
  ['Mg', 'Magnesium', 24.305, 1.41, 1.73, 0x8aff00],
  ['Al', 'Aluminium', 26.981538, 1.21, 1.84, 0xbfa6a6],
  ['Si', 'Silicon', 28.085, 1.11, 2.1, 0xf0c8a0],
  ['P', 'Phosphorus', 30.973762, 1.07, 1.8, 0xff8000],
  ['S', 'Sulfur', 32.06, 1.05, 1.8, 0xffff30],
  ['Cl', 'Chlorine', 35.45, 1.02, 1.75, 0x1ff01f],
  ['Ar', 'Argon', 39.948, 1.06, 1.88, 0x80d1e3],
  ['K', 'Potassium', 39.0983, 2.03, 2.75, 0x8f40d4],
  ['Ca', 'Calcium', 40.078, 1.76, 2.31, 0x3dff00],
  ['Sc', 'Scandium', 44.955908, 1.7, 2.58, 0xe6e6e6],
  ['Ti', 'Titanium', 47.867, 1.6, 2.46, 0xbfc2c7],
  ['V', 'Vanadium', 50.9415, 1.53, 2.42, 0xa6a6ab],
  ['Cr', 'Chromium', 51.9961, 1.39, 2.45, 0x8a99c7],
  ['Mn', 'Manganese', 54.938044, 1.39, 2.45, 0x9c7ac7],
  ['Fe', 'Iron', 55.845, 1.32, 2.44, 0xe06633],
  ['Co', 'Cobalt', 58.933194, 1.26, 2.4, 0xf090a0],
  ['Ni', 'Nickel', 58.6934, 1.24, 2.4, 0x50d050],
  ['Cu', 'Copper', 63.546, 1.32, 2.38, 0xc88033],
  ['Zn', 'Zinc', 65.38, 1.22, 2.39, 0x7d80b0],
  ['Ga', 'Gallium', 69.723, 1.22, 1.87, 0xc28f8f],
  ['Ge', 'Germanium', 72.63, 1.2, 2.11, 0x668f8f],
  ['As', 'Arsenic', 74.921595, 1.19, 1.85, 0xbd80e3],
  ['Se', 'Selenium', 78.971, 1.2, 1.9, 0xffa100],
  ['Br', 'Bromine', 79.904, 1.2, 1.83, 0xa62929],
  ['Kr', 'Krypton', 83.798, 1.16, 2.02, 0x5cb8d1],
  ['Rb', 'Rubidium', 85.4678, 2.2, 3.03, 0x702eb0],
  ['Sr', 'Strontium', 87.62, 1.95, 2.49, 0x00ff00],
  ['Y', 'Yttrium', 88.90584, 1.9, 2.75, 0x94ffff],
  ['Zr', 'Zirconium', 91.224, 1.75, 2.52, 0x94e0e0],
  ['Nb', 'Niobium', 92.90637, 1.64, 2.56, 0x73c2c9],
  ['Mo', 'Molybdenum', 95.95, 1.54, 2.45, 0x54b5b5],
  ['Tc', 'Technetium', 97.90721, 1.47, 2.44, 0x3b9e9e],
  ['Ru', 'Ruthenium', 101.07, 1.46, 2.46, 0x248f8f],
  ['Rh', 'Rhodium', 102.9055, 1.42, 2.44, 0x0a7d8c],
  ['Pd', 'Palladium', 106.42, 1.39, 2.15, 0x006985],
  ['Ag', 'Silver', 107.8682, 1.45, 2.53, 0xc0c0c0],
  ['Cd', 'Cadmium', 112.414, 1.44, 2.49, 0xffd98f],
  ['In', 'Indium', 114.818, 1.42, 1.93, 0xa67573],
  ['Sn', 'Tin', 118.71, 1.39, 2.17, 0x668080],
  ['Sb', 'Antimony', 121.76, 1.39, 2.06, 0x9e63b5],
  ['Te', 'Tellurium', 127.6, 1.38, 2.06, 0xd47a00],
  ['I', 'Iodine', 126.90447, 1.39, 1.98, 0x940094],
  ['Xe', 'Xenon', 131.293, 1.4, 2.16, 0x429eb0],
  ['Cs', 'Caesium', 132.905452, 2.44, 3.43, 0x57178f],
  ['Ba', 'Barium', 137.327, 2.15, 2.68, 0x00c900],
  ['La', 'Lanthanum', 138.90547, 2.07, 2.98, 0x70d4ff],
  ['Ce', 'Cerium', 140.116, 2.04, 2.88, 0xffffc7],
  ['Pr', 'Praseodymium', 140.90766, 2.03, 2.92, 0xd9ffc7],
  ['Nd', 'Neodymium', 144.242, 2.01, 2.95, 0xc7ffc7],
  ['Pm', 'Promethium', 144.91276, 1.99, 2, 0xa3ffc7],
  ['Sm', 'Samarium', 150.36, 1.98, 2.9, 0x8fffc7],
  ['Eu', 'Europium', 151.964, 1.98, 2.87, 0x61ffc7],
  ['Gd', 'Gadolinium', 157.25, 1.96, 2.83, 0x45ffc7],
  ['Tb', 'Terbium', 158.92535, 1.94, 2.79, 0x30ffc7],
  ['Dy', 'Dysprosium', 162.5, 1.92, 2.87, 0x1fffc7],
  ['Ho', 'Holmium', 164.93033, 1.92, 2.81, 0x00ff9c],
  ['Er', 'Erbium', 167.259, 1.89, 2.83, 0x00e675],
  ['Tm', 'Thulium', 168.93422, 1.9, 2.79, 0x00d452],
  ['Yb', 'Ytterbium', 173.054, 1.87, 2.8, 0x00bf38],
  ['Lu', 'Lutetium', 174.9668, 1.87, 2.74, 0x00ab24],
  ['Hf', 'Hafnium', 178.49, 1.75, 2.63, 0x4dc2ff],
  ['Ta', 'Tantalum', 180.94788, 1.7, 2.53, 0x4da6ff],
  ['W', 'Tungsten', 183.84, 1.62, 2.57, 0x2194d6],
  ['Re', 'Rhenium', 186.207, 1.51, 2.49, 0x267dab],
  ['Os', 'Osmium', 190.23, 1.44, 2.48, 0x266696],
  ['Ir', 'Iridium', 192.217, 1.41, 2.41, 0x175487],
  ['Pt', 'Platinum', 195.084, 1.36, 2.29, 0xd0d0e0],
  ['Au', 'Gold', 196.966569, 1.36, 2.32, 0xffd123],
  ['Hg', 'Mercury', 200.592, 1.32, 2.45, 0xb8b8d0],
  ['Tl', 'Thallium', 204.38, 1.45, 1.96, 0xa6544d],
  ['Pb', 'Lead', 207.2, 1.46, 2.02, 0x575961],
  ['Bi', 'Bismuth', 208.9804, 1.48, 2.07, 0x9e4fb5],
  ['Po', 'Polonium', 208.98243, 1.4, 1.97, 0xab5c00],
  ['At', 'Astatine', 209.98715, 1.5, 2.02, 0x754f45],
  ['Rn', 'Radon', 222.01758, 1.5, 2.2, 0x428296],
  ['Fr', 'Francium', 223.01974, 2.6, 3.48, 0x420066],
  ['Ra', 'Radium', 226.02541, 2.21, 2.83, 0x007d00],
  ['Ac', 'Actinium', 227.02775, 2.15, 2.8, 0x70abfa],
  ['Th', 'Thorium', 232.0377, 2.06, 2.93, 0x00baff],
  ['Pa', 'Protactinium', 231.03588, 2, 2.88, 0x00a1ff],
  ['U', 'Uranium', 238.02891, 1.96, 2.71, 0x008fff],
  ['Np', 'Neptunium', 237.04817, 1.9, 2.82, 0x0080ff],
  ['Pu', 'Plutonium', 244.06421, 1.87, 2.81, 0x006bff],
  ['Am', 'Americium', 243.06138, 1.8, 2.83, 0x545cf2],
  ['Cm', 'Curium', 247.07035, 1.69, 3.05, 0x785ce3],
  ['Bk', 'Berkelium', 247.07031, 1.5, 3.4, 0x8a4fe3],
  ['Cf', 'Californium', 251.07959, 1.5, 3.05, 0xa136d4],
  ['Es', 'Einsteinium', 252.083, 1.5, 2.7, 0xb31fd4],
  ['Fm', 'Fermium', 257.09511, 1.5, 2, 0xb31fba],
  ['Md', 'Mendelevium', 258.09843, 1.5, 2, 0xb30da6],
  ['No', 'Nobelium', 259.101, 1.5, 2, 0xbd0d87],
  ['Lr', 'Lawrencium', 262.11, 1.5, 2, 0xc70066],
  ['Rf', 'Rutherfordium', 267.122, 1.5, 2, 0xcc0059],
  ['Db', 'Dubnium', 268.126, 1.5, 2, 0xd1004f],
  ['Sg', 'Seaborgium', 271.134, 1.5, 2, 0xd90045],
  ['Bh', 'Bohrium', 270.133, 1.5, 2, 0xe00038],
  ['Hs', 'Hassium', 269.1338, 1.5, 2, 0xe6002e],
  ['Mt', 'Meitnerium', 278.156, 1.5, 2, 0xeb0026],
  ['Ds', 'Darmstadtium', 281.165, 1.5, 2, 0xeb0026],
  ['Rg', 'Roentgenium', 281.166, 1.5, 2, 0xeb0026],
  ['Cn', 'Copernicium', 285.177, 1.5, 2, 0xeb0026],
  ['Nh', 'Nihonium', 286.182, 1.5, 2, 0xeb0026],
  ['Fl', 'Flerovium', 289.19, 1.5, 2, 0xeb0026],
  ['Mc', 'Moscovium', 289.194, 1.5, 2, 0xeb0026],
  ['Lv', 'Livermorium', 293.204, 1.5, 2, 0xeb0026],
  ['Ts', 'Tennessine', 293.208, 1.5, 2, 0xeb0026],
  ['Og', 'Oganesson', 294.214, 1.5, 2, 0xeb0026],
];

/** All elements by atomic number, 0 (unknown) to 118. Frozen. */
export const ELEMENTS: readonly Element[] = Object.freeze(
  ROWS.map(([symbol, name, mass, covalentRadius, vdwRadius, color], number) =>
    Object.freeze({ number, symbol, name, mass, covalentRadius, vdwRadius, color }),
  ),
);

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...ELEMENTS.map((element) => [element.symbol.toLowerCase(), element.number] as const),
  ['d', 1],
  ['t', 1],
]);

/** The element of an atomic number; the unknown one for anything outside 1 to 118. */
export function elementOf(number: number): Element {
  return ELEMENTS[number] ?? ELEMENTS[0];
}

/** Atomic number of a symbol in any case (`Si`, `SI`, `si`; D and T are hydrogen); 0 when there is no such element. */
export function atomicNumber(symbol: string): number {
  return NUMBERS.get(symbol.toLowerCase()) ?? 0;
}

/** Symbol of an atomic number, `X` for the unknown species. */
export function elementSymbol(number: number): string {
  return elementOf(number).symbol;
}
