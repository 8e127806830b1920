import assert from 'node:assert/strict';
import { helpersWarning, isSingleThreaded } from '../../src/base/single-threaded.ts';

describe('a process runs V8 single-threaded', () => {
  it('when it was started so, however V8 lets one spell it', () => {
    for (const option of ['--single-threaded', '--single_threaded', '-single-threaded'])
      assert.ok(isSingleThreaded(['--import', 'tsx', option, '--inspect']), option);
  });

  it('not without the option, nor with one that only begins like it', () => {
    assert.ok(!isSingleThreaded([]));
    assert.ok(!isSingleThreaded(['--single-threaded-gc', '--no-single-threaded']));
  });

  it('as the last of several options says', () => {
    for (const no of ['--no-single-threaded', '--nosingle-threaded', '--no_single_threaded']) {
      assert.ok(!isSingleThreaded(['--single-threaded', no]), no);
      assert.ok(isSingleThreaded([no, '--single_threaded']), no);
    }
  });

  it('or its results have a warning, with what to do', () => {
    assert.equal(helpersWarning(['--single-threaded']), null);
    assert.match(helpersWarning([]) ?? '', /start this process with node --single-threaded$/);
  });
});
