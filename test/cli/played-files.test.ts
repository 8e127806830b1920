import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../../src/base/errors.ts';
import { OutputFile } from '../../src/cli/output-file.ts';
import { PlayedFiles } from '../../src/cli/played-files.ts';
import type { OpenedHost } from '../../src/control/open-host.ts';

/** One that has played this; null: nothing that a file can say. */
function hostOf(text: string | null): OpenedHost {
  const playedFile = (): string => {
    if (text === null) throw new LabError('BAD_SCENARIO', 'a scenario has a VM', {});
    return text;
  };
  return { playedFile } as unknown as OpenedHost;
}

describe('the files of what the runs of a host have played', () => {
  let dir = '';
  const pathOf = (name: string): string => join(dir, name);
  const textOf = (name: string): string => readFileSync(pathOf(name), 'utf8');
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'creditlab-played-'))));
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('keep the number of their run when a run before had nothing to write', () => {
    const saves = new PlayedFiles(new OutputFile('--save', pathOf('played.yaml')));
    saves.ended(hostOf(null));
    saves.another();
    saves.ended(hostOf('second'));
    assert.match(saves.write(null)?.message ?? '', /a scenario has a VM/);
    assert.equal(textOf('played-2.yaml'), 'second');
  });

  it('leave the file of the run before alone when that of the next one cannot be written', () => {
    mkdirSync(pathOf('played-2.yaml'));
    const saves = new PlayedFiles(new OutputFile('--save', pathOf('played.yaml')));
    saves.ended(hostOf('first'));
    saves.another();
    saves.ended(hostOf('second'));
    saves.another();
    saves.ended(hostOf('third'));
    assert.match(saves.write(null)?.describe() ?? '', /played-2\.yaml/);
    assert.deepEqual([textOf('played.yaml'), textOf('played-3.yaml')], ['first', 'third']);
  });
});
