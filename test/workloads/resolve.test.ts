import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { builtinNames, builtinUrl } from '../../src/workload/catalogue.ts';
import { resolveWorkload } from '../../src/workload/resolve.ts';
import { isBadWorkload } from './bad-workload.ts';
import { GOOD_MODULE, temporaryModules } from './temporary-modules.ts';

describe('resolving a workload', () => {
  const manifest = (name: string, entry: object): string =>
    JSON.stringify({ name, type: 'module', ...entry });
  const { dir, remove } = temporaryModules({
    'mine.mjs': GOOD_MODULE,
    'deep/scenario.yaml': '',
    'node_modules/by-main/package.json': manifest('by-main', { main: 'lib.js' }),
    'node_modules/by-main/lib.js': GOOD_MODULE,
    'node_modules/@team/by-import/package.json': manifest('@team/by-import', {
      exports: { '.': { types: './x.d.ts', import: './esm.js' }, './sub': './sub.js' },
    }),
    'node_modules/@team/by-import/esm.js': GOOD_MODULE,
    'node_modules/@team/by-import/sub.js': GOOD_MODULE,
    'node_modules/two-faces/package.json': manifest('two-faces', {
      exports: { require: './old.cjs', default: './new.js' },
    }),
    'node_modules/two-faces/old.cjs': '',
    'node_modules/two-faces/new.js': GOOD_MODULE,
    'node_modules/broken/package.json': '{ "name": ',
    'node_modules/nothing/package.json': 'null',
    'node_modules/no-entry/package.json': manifest('no-entry', { exports: './missing.js' }),
  });
  after(remove);
  const at = (path: string): string => pathToFileURL(join(dir, path)).href;

  for (const name of builtinNames) {
    it(`finds the built-in ${name}`, () => {
      assert.equal(resolveWorkload(name, dir), builtinUrl(name));
      assert.ok(existsSync(fileURLToPath(builtinUrl(name))));
    });
  }

  it('takes a path from the scenario file’s directory', () => {
    assert.equal(resolveWorkload('./mine.mjs', dir), at('mine.mjs'));
    assert.equal(resolveWorkload('../mine.mjs', join(dir, 'deep')), at('mine.mjs'));
    assert.equal(resolveWorkload('mine.mjs', dir), at('mine.mjs'));
  });

  it('takes an absolute path and a file URL as they are', () => {
    assert.equal(resolveWorkload(join(dir, 'mine.mjs'), '/'), at('mine.mjs'));
    assert.equal(resolveWorkload(at('mine.mjs'), '/'), at('mine.mjs'));
  });

  it('finds an installed package from the scenario file’s directory upwards', () => {
    assert.equal(resolveWorkload('by-main', join(dir, 'deep')), at('node_modules/by-main/lib.js'));
  });

  it('finds a package whose entry is for import alone, and a path inside it', () => {
    assert.equal(resolveWorkload('@team/by-import', dir), at('node_modules/@team/by-import/esm.js'));
    assert.equal(resolveWorkload('@team/by-import/sub', dir), at('node_modules/@team/by-import/sub.js'));
  });

  it('prefers the entry that import takes over the one for require', () => {
    assert.equal(resolveWorkload('two-faces', dir), at('node_modules/two-faces/new.js'));
  });

  it('finds a package from the current directory when the scenario lies elsewhere', () => {
    assert.match(resolveWorkload('commander', '/'), /node_modules\/commander\//);
  });

  it('suggests the nearest built-in for a misspelt one', () => {
    assert.throws(
      () => resolveWorkload('prmes', dir),
      (e) => isBadWorkload(e, "'prmes'", 'did you mean primes?'),
    );
    assert.throws(
      () => resolveWorkload('pointerchase', dir),
      (e) => isBadWorkload(e, 'did you mean pointer-chase?'),
    );
  });

  it('suggests nothing for a name unlike any, but lists them all', () => {
    assert.throws(
      () => resolveWorkload('blockchain-miner', dir),
      (e) => isBadWorkload(e, /^(?!.*did you mean)/s, ...builtinNames),
    );
  });

  it('tells a bare file name without extension from a package', () => {
    assert.throws(
      () => resolveWorkload('mine', dir),
      (e) => isBadWorkload(e, 'write ./mine.mjs'),
    );
  });

  it('says where it looked for a file that is missing, and when it is a directory', () => {
    assert.throws(
      () => resolveWorkload('./gone.mjs', dir),
      (e) => isBadWorkload(e, join(dir, 'gone.mjs'), 'nothing there', `relative paths start from ${dir}`),
    );
    assert.throws(
      () => resolveWorkload('./deep', dir),
      (e) => isBadWorkload(e, 'a directory'),
    );
  });

  it('reports a package whose entry is missing as unknown', () => {
    assert.throws(
      () => resolveWorkload('no-entry', dir),
      (e) => isBadWorkload(e, "unknown workload 'no-entry'"),
    );
  });

  for (const [title, spec, says] of [
    ['a file URL of another machine', 'file://host/x.mjs', 'not the URL of a file'],
    ['a file URL with an escaped slash', 'file:///a%2Fb.mjs', 'not the URL of a file'],
    ['a zero byte', './a\0.mjs', 'nothing there'],
    ['a name too long for a file', `./${'x'.repeat(300)}.mjs`, 'nothing there'],
    ['a name too long for a package', 'x'.repeat(300), 'unknown workload'],
    ['a path under a file', './mine.mjs/x.mjs', 'nothing there'],
    ['a package whose package.json is broken', 'broken', 'package.json cannot be read'],
    ['a package whose package.json is null', 'nothing', 'unknown workload'],
  ] as const) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => resolveWorkload(spec, dir),
        (e) => isBadWorkload(e, says),
      );
    });
  }

  it('refuses an empty name', () => {
    assert.throws(
      () => resolveWorkload(' ', dir),
      (e) => isBadWorkload(e, 'no name'),
    );
  });
});
