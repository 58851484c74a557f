/** Exits with one sentence when this Node is older than the one Covalence runs on. Written for any Node that has ESM. */
export function requireNode() {
  var found = process.versions.node.split('.').map(Number);
  if (found[0] > 20 || (found[0] === 20 && found[1] >= 19)) return;
  console.error(
    'Covalence needs Node 20.19 or newer; this is Node ' +
      process.versions.node +
      '. Install a newer one from https://nodejs.org and run the same command again.',
  );
  process.exit(1);
}
