#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { isCovalenceError } from '../../protocol/errors.ts';
import { readArguments } from './arguments.ts';
import { convertFile } from './convert-file.ts';
import { describeFiles } from './describe-files.ts';
import { exportRoom } from './export-room.ts';
import { checkData } from './check-data.ts';
import { collectData } from './collect-data.ts';
import { HELP, helpOf } from './help.ts';
import { printToken } from './print-token.ts';
import { serve } from './serve.ts';

/** Version of the package this file is shipped with. */
function version(): string {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Whoever reads our output may go before its end (`| head`): that is no error. A server goes on without being heard. */
function endQuietly(isServing: boolean): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (!isServing) process.exit();
    });
  }
}

async function run(): Promise<void> {
  const folder = process.env['INIT_CWD'] ?? process.cwd();
  const command = readArguments(process.argv.slice(2), folder, process.env, existsSync);
  endQuietly(command.name === 'serve');
  switch (command.name) {
    case 'help':
      process.stdout.write(command.of === undefined ? HELP : helpOf(command.of));
      return;
    case 'version':
      process.stdout.write(`${version()}\n`);
      return;
    case 'info':
      await describeFiles(command.files, command.reading, (line) => process.stdout.write(`${line}\n`));
      return;
    case 'convert':
      await convertFile(command, process.stderr);
      return;
    case 'export':
      await exportRoom(command, process.stdout, process.stderr);
      return;
    case 'fsck':
      if (!(await checkData(command.dataDirectory, (line) => process.stdout.write(`${line}\n`)))) process.exitCode = 1;
      return;
    case 'collect':
      await collectData(command, (line) => process.stdout.write(`${line}\n`));
      return;
    case 'token':
      await printToken(command.options, (text) => process.stdout.write(text));
      return;
    case 'serve':
      await serve(command.files, command.reading, command.options, version());
  }
}

try {
  await run();
} catch (error) {
  // What a person can mend is one sentence; anything else is ours to mend and needs its trace.
  const text = isCovalenceError(error)
    ? `${error.message} (${error.code})`
    : error instanceof Error
      ? error.stack
      : String(error);
  process.stderr.write(`covalence: ${text}\n`);
  process.exitCode = 1;
}
