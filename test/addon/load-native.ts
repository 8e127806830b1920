/** A process that loads the addon and tells what came of it: load-native [PLATFORM] */
import { LabError } from '../../src/base/errors.ts';
import { loadNative } from '../../src/addon/native.ts';

const [platform] = process.argv.slice(2);
if (platform !== undefined) Object.defineProperty(process, 'platform', { value: platform });

try {
  loadNative();
  process.stdout.write('loaded\n');
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  process.stdout.write(`${error.code}\n${error.describe()}\n`);
  process.exitCode = error.exitCode;
}
