/** A folder called `.zarr` or `.zarrmd`, or what a server makes of a room: `.../rooms/argon/zarr/head`, `.../zarr/@12`. */
const STORE = /([^/]+)\.zarr(?:md)?\/?$|([^/]+)\/zarr\/(?:head|@\d+)\/?$/i;

/** The name of the Zarr store at an address; undefined where it is that of a file. */
export function zarrNameAt(address: URL): string | undefined {
  const [, folder, room] = STORE.exec(decodeURIComponent(address.pathname)) ?? [];
  return folder ?? room;
}
