import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import type { Result } from '../../src/result/result.ts';
import { codeBlocks, readMarkdown } from '../docs/markdown.ts';
import { cpus, needHardware, tell } from '../hardware/support.ts';

/** What a checkout holds that git doesn't, except the dependencies, which the copy borrows. */
const NOT_COPIED = ['.git', 'node_modules', 'build', 'dist', 'prebuilds', 'coverage'];

/** The addon's own calls are no newer: glibc 2.34 is of 2021. Where it is older, the addon is compiled. */
const GLIBC_MINOR = 34;

const NPM = npmScript();

const STRICT = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  types: ['node'],
} as const;

describe('the packed package', function () {
  this.timeout(600_000);
  let dir = '';
  let tarball = '';
  /** A project that installs it, and where it then lies. */
  let project = '';
  let installed = '';
  /** A PATH with Node and a shell and nothing else. */
  let bare = '';

  before(function () {
    const reason = whyNot();
    if (reason !== null) {
      tell(`skipped: ${reason}`);
      this.skip();
    }
    dir = mkdtempSync(join(tmpdir(), 'creditlab-package-'));
    bare = join(dir, 'bin');
    project = join(dir, 'project');
    installed = join(project, 'node_modules', 'creditlab');
    mkdirSync(bare);
    mkdirSync(project);
    symlinkSync(process.execPath, join(bare, 'node'));
    symlinkSync('/bin/sh', join(bare, 'sh'));
    tarball = pack(join(dir, 'checkout'));
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'foreign', private: true }));
    good(npm(['install', '--no-audit', '--no-fund', tarball], project, bare));
  });

  after(() => {
    if (dir !== '') rmSync(dir, { recursive: true, force: true });
  });

  for (const [arch, machine] of [
    ['x64', 62],
    ['arm64', 183],
  ] as const) {
    it(`has an addon for ${arch} that asks for no newer C library than glibc 2.${GLIBC_MINOR}`, function () {
      const file = join(installed, 'prebuilds', `linux-${arch}`, 'creditlab.glibc.node');
      if (!existsSync(file) && arch !== process.arch && !runs(CROSS_COMPILERS[arch])) {
        tell(`skipped: there is no ${CROSS_COMPILERS[arch]}`);
        this.skip();
      }
      const bytes = readFileSync(file);
      assert.equal(bytes.readUInt16LE(18), machine);
      const minors = [...bytes.toString('latin1').matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) =>
        Number(minor),
      );
      assert.ok(minors.length > 0);
      assert.ok(Math.max(...minors) <= GLIBC_MINOR, `asks for glibc 2.${Math.max(...minors)}`);
    });
  }

  it('leaves nothing prebuilt behind in the checkout', () => {
    assert.ok(!existsSync(join(dir, 'checkout', 'prebuilds')));
  });

  it('has the live page, whole: its script asks for no other', () => {
    const [html, script, style] = ['index.html', 'page.js', 'page.css'].map((file) =>
      readFileSync(join(installed, 'dist/src/page', file), 'utf8'),
    );
    assert.match(html, /src="page\.js"/);
    assert.match(html, /href="page\.css"/);
    assert.ok(style.length > 1000);
    assert.doesNotMatch(script, /\bimport\b *[({'"]|\bfrom *['"]/);
    assert.match(script, /MIT License/, 'the licence of what is bundled goes along');
  });

  it('is installed without a compiler, and simulates', () => {
    assert.ok(!existsSync(join(installed, 'build')), 'it was compiled');
    const { stdout } = good(
      creditlab('sim', '--pcpus', '1', '--vm', 'A', '--vm', 'B', '--duration', '1200ms'),
    );
    assert.match(stdout, /^B +50\.0 %/m);
  });

  it('runs on real cores with the addon that came with it', function () {
    needHardware(this);
    const json = join(dir, 'out.json');
    good(creditlab('run', '--pcpus', '1', '--vm', 'A', '--vm', 'B', '--duration', '1s', '--json', json));
    const [run] = (JSON.parse(readFileSync(json, 'utf8')) as Result).runs;
    assert.equal(run.complete, true);
    for (const vm of run.vms) assert.ok(vm.cpuNs > 0 && vm.vcpus[0].checksumOk === true);
  });

  it('is imported by a foreign program: the top, its traces, its policies', () => {
    writeFileSync(
      join(project, 'program.mjs'),
      `import * as top from 'creditlab';
       import { slicesOf } from 'creditlab/trace';
       import { simulate } from 'creditlab/policy';
       const vms = [{ name: 'A' }, { name: 'B', weight: 512 }];
       const result = top.simulate(top.scenario({ pcpus: 1, duration: '10s', vms }));
       console.log(result.vms.map(({ sharePercent }) => sharePercent).join());
       console.log(slicesOf(result.trace).length, typeof simulate);
       await import('creditlab/dist/src/index.js').catch(({ code }) => console.log(code));`,
    );
    const { stdout } = good(spawn(process.execPath, ['program.mjs'], project));
    assert.equal(stdout, '33.6,66.4\n1 function\nERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  describe('in a project in TypeScript, strict, with all types checked', () => {
    before(() => {
      const modules = join(project, 'node_modules');
      mkdirSync(join(modules, '@types'));
      // Node's own types are the only ones that it needs.
      for (const name of ['@types/node', 'undici-types'])
        symlinkSync(join(packageRoot(), 'node_modules', name), join(modules, name));
    });

    it('the example of docs/library.md compiles, and runs on real cores', function () {
      needHardware(this);
      const [example] = codeBlocks(readMarkdown('docs/library.md'), 'ts');
      assert.match(example, /pcpus: \[1\]/);
      compile('example.mts', example.replace('pcpus: [1]', `pcpus: [${cpus[0]}]`));
      const { stdout, stderr } = good(spawn(process.execPath, ['--single-threaded', 'example.mjs'], project));
      assert.equal(stderr, '');
      assert.match(stdout, /words: '?"?A has weight 1024 in place of 256/);
      assert.match(stdout, /^\d+(\.\d+)?$/m);
    });

    it('what is returned has its type, and mistakes are found', () => {
      compile(
        'types.mts',
        `import { scenario, simulate, LabError, openLab } from 'creditlab';
         import type { Lab, LabRun, LabRunResult, Workload } from 'creditlab';
         import { readTraces, type Trace } from 'creditlab/trace';
         import { createPolicy, type Policy } from 'creditlab/policy';
         const result: LabRunResult = simulate(scenario({ pcpus: 1, duration: '1s', vms: [{ name: 'A' }] }));
         export const share: number = result.vms[0].sharePercent;
         export const verdict: string | undefined = result.certificate?.verdict;
         // @ts-expect-error: a number
         export const text: string = result.vms[0].sharePercent;
         // @ts-expect-error: a weight is a number
         scenario({ vms: [{ name: 'A', weight: '512' }] });
         // @ts-expect-error: there is no such machine
         export const lab: Promise<Lab> = openLab({ machine: 'cloud' });
         export function follow(run: LabRun): void {
           run.on('shares', ({ percent }) => percent.A.toFixed(1));
           // @ts-expect-error: there is no such event
           run.on('changes', () => undefined);
           run.on('change', ({ words }) => words.length);
           // @ts-expect-error: decisions have no words
           run.on('decision', ({ words }) => words);
         }
         export const traces: Trace[] = readTraces('x');
         export const make: (...input: Parameters<typeof createPolicy>) => Policy = createPolicy;
         export const code = (error: unknown) => (error instanceof LabError ? error.code : null);
         export const own: Workload<{ n: number }> = {
           name: 'own', prepare: (n) => ({ n }), step: (state) => { state.n++; }, checksum: ({ n }) => n,
         };
         export async function scoped(): Promise<void> {
           await using lab = await openLab();
           await using run = lab.start(scenario({ vms: [] }));
           await run.at('1s');
         }`,
      );
    });

    function compile(name: string, code: string): void {
      writeFileSync(join(project, name), code);
      const tsc = join(packageRoot(), 'node_modules/typescript/bin/tsc');
      writeFileSync(
        join(project, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: STRICT, files: [name] }),
      );
      good(spawn(process.execPath, [tsc, '-p', '.'], project));
    }
  });

  describe('without an addon for this machine', () => {
    before(() => {
      rmSync(join(installed, 'prebuilds'), { recursive: true, force: true });
    });

    it('is installed all the same, and simulates', () => {
      good(npm(['rebuild', 'creditlab'], project, bare));
      good(creditlab('sim', '--pcpus', '1', '--vm', 'A', '--duration', '1s'));
    });

    it('says what a run on real cores takes', () => {
      const { status, stderr } = creditlab('run', '--pcpus', '1', '--vm', 'A', '--duration', '1s');
      assert.match(stderr, /the native addon is not built/);
      assert.ok(stderr.includes(join('prebuilds', `linux-${process.arch}`)));
      assert.match(
        stderr,
        /hint: install make, python3, a C\+\+20 compiler with `.+`, then build it with `npm rebuild/,
      );
      assert.equal(status, 2);
    });
  });

  function creditlab(...args: readonly string[]): SpawnSyncReturns<string> {
    return spawn(join(project, 'node_modules', '.bin', 'creditlab'), args, project, bare);
  }
});

const CROSS_COMPILERS = { x64: 'x86_64-linux-gnu-g++', arm64: 'aarch64-linux-gnu-g++' } as const;

/** Packed as npm does it, scripts and all, from a copy: these very tests run from the checkout's compiled output. */
function pack(copy: string): string {
  mkdirSync(copy);
  for (const name of readdirSync(packageRoot())) {
    if (!NOT_COPIED.includes(name)) cpSync(join(packageRoot(), name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(packageRoot(), 'node_modules'), join(copy, 'node_modules'));
  good(npm(['pack'], copy));
  return join(
    copy,
    readdirSync(copy).find((name) => name.endsWith('.tgz')) ?? assert.fail('nothing was packed'),
  );
}

function whyNot(): string | null {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`;
  if (NPM === null) return 'there is no npm on the PATH';
  if (!runs('g++') || !runs('make')) return 'the package is made with g++ and make';
  const ping = spawnSync(process.execPath, [NPM, 'view', 'node-gyp-build', 'version'], { stdio: 'ignore' });
  return ping.status === 0 ? null : 'the registry of npm is out of reach';
}

function runs(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** npm is a script: started by its path, it needs nothing on the PATH. */
function npmScript(): string | null {
  const places = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, 'npm'));
  const npm = places.find((file) => existsSync(file));
  return npm === undefined ? null : realpathSync(npm);
}

function npm(args: readonly string[], cwd: string, path?: string): SpawnSyncReturns<string> {
  return spawn(process.execPath, [NPM ?? assert.fail('no npm'), ...args], cwd, path);
}

function spawn(command: string, args: readonly string[], cwd: string, path = process.env.PATH) {
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: path, NODE_OPTIONS: '', LC_ALL: 'C.UTF-8' };
  for (const name of ['CREDITLAB_ADDON', 'CREDITLAB_STRICT', 'CXX', 'INIT_CWD']) delete env[name];
  // What an npm that runs these tests tells its scripts is not meant for another npm.
  for (const name of Object.keys(env)) {
    if (/^npm_(?!config_(?:registry|cache|userconfig|.*auth))/i.test(name)) delete env[name];
  }
  return spawnSync(command, args, { cwd, encoding: 'utf8', env, maxBuffer: 1 << 26 });
}

function good(ended: SpawnSyncReturns<string>): SpawnSyncReturns<string> {
  assert.equal(ended.status, 0, `${ended.error?.message ?? ''}\n${ended.stdout}\n${ended.stderr}`);
  return ended;
}
