import { spawn } from 'node:child_process';

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/**
 * Runs a program and resolves with its exit code (128 + n when signal n ended it). Signals that reach this process are
 * passed on, and this process lives until the child has ended. With `quiet` the output is held back and returned.
 */
export function runCommand(command, args, { cwd = process.cwd(), env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let output = '';
    child.stdout?.on('data', (piece) => (output += piece));
    child.stderr?.on('data', (piece) => (output += piece));
    const pass = (signal) => {
      // A terminal has already told the whole group; a second SIGINT would cut the child's own goodbye short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    const release = () => signals.forEach((signal) => process.off(signal, pass));
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (code, signal) => {
      release();
      resolve({ code: code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 1), output });
    });
  });
}
