// A trace, written to a file, read again and drawn: a lane for each vCPU, a column for each 2 ms. Above what the
// scheduler meant, below what the core did.
//
//   node --single-threaded examples/draw-trace.mjs [FILE]      default: records a run of its own first
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLab, scenario } from 'creditlab';
import { readTraces, slicesOf, staysOf, TraceFileWriter } from 'creditlab/trace';

const COLUMN_NS = 2e6;
const COLUMNS = 100;

const [given] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'creditlab-example-'));
const file = given ?? join(dir, 'run.trace.gz');
if (given === undefined) await record(file);
const [trace] = readTraces(file);
rmSync(dir, { recursive: true });
draw('meant', slicesOf(trace).flat());
draw('done', staysOf(trace).flat());

async function record(path) {
  const lab = await openLab();
  const writer = new TraceFileWriter(path);
  try {
    const vms = [{ name: 'A', weight: 512 }, { name: 'B' }, { name: 'C', cap: 20 }];
    await lab.start(scenario({ pcpus: 1, duration: '1s', vms }), { trace: writer }).result;
  } finally {
    writer.close();
    await lab.close();
  }
}

function draw(title, spans) {
  console.log(`${title}, the first ${(COLUMNS * COLUMN_NS) / 1e6} ms`);
  for (const [vcpu, { id }] of trace.header.vcpus.entries()) {
    const own = spans.filter((span) => span.vcpu === vcpu);
    const lane = Array.from({ length: COLUMNS }, (_, column) => {
      const fromNs = column * COLUMN_NS;
      const inside = own.map((span) => overlap(span, fromNs, fromNs + COLUMN_NS));
      const part = inside.reduce((sum, ns) => sum + ns, 0) / COLUMN_NS;
      return ' ░▒▓█'[Math.round(4 * part)];
    });
    console.log(`${id.padEnd(5)} ${lane.join('')}`);
  }
}

function overlap(span, fromNs, toNs) {
  return Math.max(0, Math.min(span.toNs, toNs) - Math.max(span.fromNs, fromNs));
}
