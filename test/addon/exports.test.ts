import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { loadNative } from '../../src/addon/native.ts';
import { packageRoot } from '../../src/base/package-root.ts';

const SOURCES = join(packageRoot(), 'src');
const BORDER = join(SOURCES, 'addon', 'native.ts');

/** The library's own sources, without what it takes from elsewhere: no check of types, only which name is which. */
function programOf(): ts.Program {
  const files = ts.sys.readDirectory(SOURCES, ['.ts']);
  const resolution = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  return ts.createProgram(files, { ...resolution, lib: ['lib.es2023.d.ts'], types: [], noEmit: true });
}

function membersOf(border: ts.SourceFile): ReadonlyMap<ts.Node, string> {
  const native = border.statements.find(
    (each) => ts.isInterfaceDeclaration(each) && each.name.text === 'Native',
  );
  assert.ok(native !== undefined && ts.isInterfaceDeclaration(native));
  return new Map(
    native.members.map((member) => {
      assert.ok(member.name !== undefined && ts.isIdentifier(member.name));
      return [member, member.name.text];
    }),
  );
}

/** Which of these members some code reads, however the type that it reads them from was made of theirs. */
function readMembers(program: ts.Program, members: ReadonlyMap<ts.Node, string>): ReadonlySet<string> {
  const checker = program.getTypeChecker();
  const names = new Set(members.values());
  const read = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && names.has(node.name.text)) {
      const declarations = checker.getSymbolAtLocation(node.name)?.declarations ?? [];
      if (declarations.some((each) => members.has(each))) read.add(node.name.text);
    }
    ts.forEachChild(node, look);
  };
  for (const file of program.getSourceFiles()) if (file.fileName.startsWith(SOURCES)) look(file);
  return read;
}

describe('the addon', function () {
  this.timeout(60_000);

  it('exports what its type says, and nothing that only tests or benches call', function () {
    if (!existsSync(join(packageRoot(), 'build', 'Release', 'creditlab.node'))) this.skip();
    const program = programOf();
    const border = program.getSourceFile(BORDER);
    assert.ok(border !== undefined);
    const members = membersOf(border);
    const exported = Object.keys(loadNative()).sort();
    assert.deepEqual([...members.values()].sort(), exported);
    assert.deepEqual([...readMembers(program, members)].sort(), exported);
  });
});
