// No line in native/ is wider than .clang-format's ColumnLimit. clang-format itself leaves comments and strings as they
// are.
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const limit = Number(/^ColumnLimit: (\d+)$/m.exec(readFileSync('.clang-format', 'utf8'))[1]);
const files = readdirSync('native', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  // What others wrote, and what node-gyp makes.
  .filter((path) => !path.split(sep).some((folder) => folder === 'third_party' || folder === 'build'));

const complaints = files.flatMap((path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .map((line, i) => ({ where: `${path}:${i + 1}`, columns: [...line].length }))
    .filter(({ columns }) => columns > limit)
    .map(({ where, columns }) => `${where}: ${columns} columns, at most ${limit} are allowed`),
);
for (const complaint of complaints) console.error(complaint);
process.exit(complaints.length > 0 ? 1 : 0);
