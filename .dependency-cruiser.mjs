/**
 * The rooms of src/, from the ground up, and what each may know: itself and what stands here, types included. An import
 * that leads anywhere else, or in a circle, is an error of `npm run lint`. test/docs/rooms.test.ts holds this list and
 * the table in ARCHITECTURE.md against each other.
 *
 * A room is a folder with all below it, but for those that are rooms themselves; four are files.
 */
const KNOWN = {
  'base/random.ts': '',
  base: '',
  core: '',
  'core/credit1': 'core',
  'core/credit2': 'core',
  'core/round-robin': 'core',
  'core/lottery': 'base/random.ts core',
  'core/sedf': 'core',
  'core/rtds': 'core',
  'core/fair': 'core',
  'core/cfs': 'core core/fair',
  'core/eevdf': 'core core/fair',
  'core/linux-rt': 'core core/fair core/cfs',
  'policies.ts':
    'core core/credit1 core/credit2 core/round-robin core/lottery core/sedf core/rtds core/cfs ' +
    'core/eevdf core/linux-rt',
  'policy-file': 'base core policies.ts',
  machine: 'core',
  analysis: 'base/random.ts base',
  workload: 'base analysis workloads',
  scenario: 'base core policies.ts policy-file machine workload',
  ideal: 'core policies.ts scenario',
  cpus: 'base scenario',
  addon: 'base',
  sim: 'base/random.ts base core policies.ts policy-file machine',
  trace: 'base core policies.ts machine analysis scenario',
  'trace/words': 'core core/credit1 machine trace',
  'trace/export': 'core machine trace trace/words',
  result: 'base analysis scenario cpus',
  predict: 'base core machine analysis scenario ideal sim trace result',
  compare: 'base core policies.ts analysis scenario ideal trace result',
  testbed: 'core machine workload scenario trace result',
  control:
    'base core policies.ts policy-file machine analysis workload scenario ideal sim trace trace/words ' +
    'result predict compare testbed',
  serve: 'base core policies.ts workload scenario trace result control',
  xl: 'base core core/credit1 core/credit2 workload scenario control serve',
  host:
    'base core policies.ts policy-file machine analysis workload scenario ideal cpus addon sim trace ' +
    'result predict testbed workloads',
  conform: 'base/random.ts base core core/credit1 core/credit2 core/sedf core/rtds policies.ts machine sim',
  'policy-check': 'base/random.ts base core policies.ts policy-file machine scenario sim',
  'report/format.ts': 'result',
  report: 'base policies.ts analysis scenario result compare report/format.ts',
  doctor: 'base analysis workload scenario cpus addon result predict testbed report/format.ts',
  'report/terminal':
    'core policies.ts analysis scenario cpus trace trace/words result compare testbed conform ' +
    'policy-check report/format.ts report doctor',
  'report/html':
    'base core policies.ts analysis workload scenario trace result compare report/format.ts report',
  page: 'core control report/html',
  library:
    'base core policies.ts policy-file machine analysis scenario ideal cpus sim trace trace/words ' +
    'trace/export result predict testbed control host conform report/html',
  cli:
    'base/random.ts base core policies.ts policy-file workload scenario cpus addon sim trace ' +
    'trace/words trace/export result predict compare testbed control serve xl host conform policy-check ' +
    'report/format.ts report doctor report/terminal report/html',
  'index.ts': 'base scenario result testbed control library workloads',
};

export const ROOMS = Object.fromEntries(
  Object.entries(KNOWN).map(([room, known]) => [room, known === '' ? [] : known.split(' ')]),
);

/** Known only by `import()`, when something runs: commands that run nothing work where the addon is missing. */
export const LATE = { cli: ['host'] };

/** The kernels are outside of src/, and know nothing of it. */
const KERNELS = 'workloads';

/** A regular expression for the files of a room. */
export function pathOf(room) {
  if (room === KERNELS) return `^${KERNELS}/`;
  if (isFile(room)) return `^src/${escaped(room)}$`;
  const inner = Object.keys(ROOMS)
    .filter((other) => other.startsWith(`${room}/`))
    .map((other) => escaped(other.slice(room.length + 1)) + (isFile(other) ? '$' : '/'));
  const others = inner.length === 0 ? '' : `(?!${inner.join('|')})`;
  return `^src/${room}/${others}`;
}

function isFile(room) {
  return room.endsWith('.ts');
}

function escaped(path) {
  return path.replaceAll('.', '\\.');
}

const OURS = '^(src|workloads|test|scripts)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries({ ...ROOMS, [KERNELS]: [] }).map(([room, known]) => ({
      name: `what ${room} may know`,
      severity: 'error',
      from: { path: pathOf(room) },
      to: { path: OURS, pathNot: [room, ...known].map(pathOf) },
    })),
    ...Object.entries(LATE).flatMap(([room, known]) =>
      known.map((late) => ({
        name: `${room} knows ${late} by import() only`,
        severity: 'error',
        from: { path: pathOf(room) },
        to: { path: pathOf(late), dependencyTypesNot: ['dynamic-import'] },
      })),
    ),
    { name: 'no circle', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    // Imports of types count too, and those in the comments of the page's script.
    tsPreCompilationDeps: true,
    parser: 'tsc',
    detectJSDocImports: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
