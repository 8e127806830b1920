#!/usr/bin/env node
import { processConsole } from './console.ts';
import { runProgram } from './program.ts';

/** Threads that outlive their command do not keep the process. */
const LINGER_MS = 300;

await runProgram(process.argv.slice(2), processConsole());
setTimeout(() => process.exit(), LINGER_MS).unref();
