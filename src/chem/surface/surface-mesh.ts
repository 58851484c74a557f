/** Triangles of a closed surface, seen from outside anticlockwise. */
export interface SurfaceMesh {
  /** (V,3) angstrom. */
  readonly positions: Float32Array;
  /** (V,3), of length 1, outwards. */
  readonly normals: Float32Array;
  /** (V,2): the atom that each corner is nearest to, measured in radii, and the next one, or the same where it is alone. */
  readonly atoms: Uint32Array;
  /** (V): how much of a corner's colour is the second atom's, 0.5 half way between both and 0 a little further. */
  readonly shares: Float32Array;
  /** (T,3): corners. */
  readonly triangles: Uint32Array;
  /** Angstrom between the points of the grid it was found on. */
  readonly step: number;
}

/** Corners and triangles while their number is not known. */
export class MeshBuilder {
  positions: Float32Array = new Float32Array(3 * 4096);
  normals: Float32Array = new Float32Array(3 * 4096);
  corners: Uint32Array = new Uint32Array(6 * 4096);
  vertexCount = 0;
  cornerCount = 0;

  /** Adds a corner and returns its number; the normal need not be of length 1. */
  addVertex(x: number, y: number, z: number, nx: number, ny: number, nz: number): number {
    const at = 3 * this.vertexCount;
    if (at + 3 > this.positions.length) {
      this.positions = grown(this.positions);
      this.normals = grown(this.normals);
    }
    const length = Math.hypot(nx, ny, nz) || 1;
    this.positions[at] = x;
    this.positions[at + 1] = y;
    this.positions[at + 2] = z;
    this.normals[at] = nx / length;
    this.normals[at + 1] = ny / length;
    this.normals[at + 2] = nz / length;
    this.vertexCount += 1;
    return this.vertexCount - 1;
  }

  /** Adds two triangles between four corners in their order; the other way round with `isTurned`. */
  addQuad(a: number, b: number, c: number, d: number, isTurned: boolean): void {
    if (this.cornerCount + 6 > this.corners.length) {
      const corners = new Uint32Array(2 * this.corners.length);
      corners.set(this.corners);
      this.corners = corners;
    }
    const { corners, cornerCount: at } = this;
    corners[at] = corners[at + 3] = a;
    corners[at + 1] = isTurned ? c : b;
    corners[at + 2] = isTurned ? b : c;
    corners[at + 4] = isTurned ? d : c;
    corners[at + 5] = isTurned ? c : d;
    this.cornerCount += 6;
  }
}

function grown(array: Float32Array): Float32Array {
  const larger = new Float32Array(2 * array.length);
  larger.set(array);
  return larger;
}
