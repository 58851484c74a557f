// `npm run verify [-- --skip-tests]`: everything that must be green before a change is handed in.
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const { install, nodeModule } = await import('./install.mjs');
await install(root);
const { runCommand } = await import('./run-command.mjs');

const CHECKS = [
  { name: 'build', file: 'scripts/build.mjs', args: [] },
  { name: 'format', script: ['oxfmt', 'bin', 'oxfmt'], args: ['--check'] },
  { name: 'lint', script: ['oxlint', 'bin', 'oxlint'], args: ['--type-aware'] },
  { name: 'types', script: ['typescript', 'bin', 'tsc'], args: ['-p', 'tsconfig.test.json'] },
  { name: 'tests', file: 'scripts/test.mjs', args: [] },
  { name: 'size', file: 'scripts/size.mjs', args: [] },
  { name: 'publint', script: ['publint', 'src', 'cli.js'], args: ['--strict'] },
  {
    name: 'attw',
    script: ['@arethetypeswrong', 'cli', 'dist', 'index.js'],
    args: ['--pack', '.', '--profile', 'esm-only'],
  },
  { name: 'knip', script: ['knip', 'bin', 'knip.js'], args: [] },
];

const skipsTests = process.argv.includes('--skip-tests');
const results = [];
for (const { name, script, file, args } of CHECKS) {
  if (name === 'tests' && skipsTests) continue;
  console.log(`\n--- ${name}`);
  const startedAt = performance.now();
  const { code } = await runCommand(process.execPath, [file ?? nodeModule(root, ...script), ...args]);
  results.push({ name, code, seconds: (performance.now() - startedAt) / 1000 });
}

console.log('\n--- summary');
for (const { name, code, seconds } of results) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s`);
}
if (skipsTests) console.log('tests were left out (--skip-tests)');
if (results.some(({ code }) => code !== 0)) process.exitCode = 1;
