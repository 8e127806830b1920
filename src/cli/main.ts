#!/usr/bin/env node
import { restartSingleThreaded } from './restart.ts';

/** Threads that outlive their command do not keep the process. */
const LINGER_MS = 300;

restartSingleThreaded();
// Loaded only now: a process that starts once more needs none of it.
const [{ processConsole }, { runProgram }] = await Promise.all([
  import('./console.ts'),
  import('./program.ts'),
]);
await runProgram(process.argv.slice(2), processConsole());
setTimeout(() => process.exit(), LINGER_MS).unref();
