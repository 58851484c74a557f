/** A molecule of all kinds of atoms, 16 lines. */
export const MOL2 = `@<TRIPOS>MOLECULE
made by hand
5 3 1 0 0
SMALL
USER_CHARGES
@<TRIPOS>ATOM
1 C1 0 0 0 C.ar 1 LIG -0.1
2 C2 1.4 0 -0.5 C.ar 1 LIG 0.2
3 O1 2 1 0 O.co2 1 LIG -0.4
4 CL -1 -1 0 Cl 1 LIG 0.3
5 LP1 0 0 1 LP 1 LIG 0
@<TRIPOS>BOND
1 1 2 ar
2 2 3 2
3 1 4 1
# the end
`;

/** Residues of two chains in a cell; numbers of atoms have gaps. */
export const PEPTIDE = `@<TRIPOS>MOLECULE
b
4 3 3
PROTEIN
NO_CHARGES
****
a comment
@<TRIPOS>ATOM
10 CA 0 0 0 CA 1 ALA12 0
20 N 1 0 0 n3 1 ALA12 0
30 C 2 0 0 c 2 GLY-3 0
40 CA 9 0 0 Ca 7 AT1 2
@<TRIPOS>BOND
1 10 20 am
2 20 30 un
3 30 40 nc BACKBONE
@<TRIPOS>SUBSTRUCTURE
1 ALA12 10 RESIDUE 1 A ALA
2 GLY-3 30 RESIDUE 1 B GLY
7 AT1 40 GROUP 0 **** ****
@<TRIPOS>CRYSIN
10 11 12 90 90 90 1 1
`;
