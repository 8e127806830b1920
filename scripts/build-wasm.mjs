// Compiles workloads/wasm/*.wat to TypeScript modules that carry the binary as base64: they load the same way from
// source and from dist/. The modules are checked in; run this after editing a .wat (a test compares them).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const folder = new URL('../workloads/wasm/', import.meta.url);
const { parseWat } = await wabt();

for (const name of readdirSync(folder).filter((file) => file.endsWith('.wat'))) {
  const module = parseWat(name, readFileSync(new URL(name, folder), 'utf8'));
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
  module.destroy();
  const target = new URL(name.replace(/\.wat$/, '.wasm.ts'), folder);
  const literal = base64
    .match(/.{1,90}/g)
    .map((line) => `'${line}'`)
    .join(' +\n  ');
  const source = [
    `// Compiled from ${name} by scripts/build-wasm.mjs; edit that file, not this one.`,
    `export default ${literal};`,
    '',
  ].join('\n');
  writeFileSync(target, source);
  console.log(fileURLToPath(target));
}
