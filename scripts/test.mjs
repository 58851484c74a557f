// `npm test [-- arguments of vitest]`: works on a fresh clone. Installs what is missing, builds, runs every project.
// `npm run test:long`: the same with the larger counts of test/counts.ts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const { install, nodeModule } = await import('./install.mjs');
await install(root);
const { requireTestPrograms } = await import('./system-packages.mjs');
await requireTestPrograms();
const { build } = await import('./build.mjs');
await build();
const { runCommand } = await import('./run-command.mjs');

const MAX_LISTED = 40;
const LONG = '--long';
if (process.argv.includes(LONG)) process.env.COVALENCE_LONG = '1';

/** What vitest wrote down, or undefined when it ended before it could. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Tests that did not run, in words: their titles carry the reason. */
function skippedTests(report) {
  return report.testResults.flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status === 'skipped' || status === 'pending' || status === 'todo')
      .map(({ fullName }) => `${relative(root, file.name)}: ${fullName.trim()}`),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'covalence-test-'));
const reportFile = join(folder, 'report.json');
const { code } = await runCommand(process.execPath, [
  nodeModule(root, 'vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportFile}`,
  ...process.argv.slice(2).filter((argument) => argument !== LONG),
]);
const report = readReport(reportFile);
rmSync(folder, { recursive: true, force: true });

if (report === undefined) console.log('No report was written: what ran and what was skipped is not known.');
else {
  const skipped = skippedTests(report);
  if (skipped.length > 0) console.log('Skipped; the titles say why:');
  for (const title of skipped.slice(0, MAX_LISTED)) console.log(`  - ${title}`);
  if (skipped.length > MAX_LISTED) console.log(`  - and ${skipped.length - MAX_LISTED} more`);
  console.log(`Tests: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`);
}
process.exitCode = code;
