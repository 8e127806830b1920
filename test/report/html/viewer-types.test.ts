import assert from 'node:assert/strict';
import { join } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../../src/base/package-root.ts';

describe("the viewer's types", () => {
  it('are right, by what its comments say', function () {
    this.timeout(60_000);
    const dir = join(packageRoot(), 'src', 'report', 'html', 'viewer');
    const config = ts.readConfigFile(join(dir, 'tsconfig.json'), (file) => ts.sys.readFile(file));
    const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config.config, ts.sys, dir);
    assert.deepEqual(errors, []);
    assert.ok(fileNames.length > 10);
    const complaints = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
    assert.deepEqual(
      complaints.map(({ file, messageText }) => [file?.fileName, messageText]),
      [],
    );
  });
});
