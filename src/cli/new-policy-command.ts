import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { Command } from 'commander';
import { ExitCode, LabError } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import type { Console } from './console.ts';

interface NewOptions {
  readonly force?: boolean;
}

/** As it is called in the template. */
const NAME_IN_TEMPLATE = 'mine.mjs';

/** `creditlab policy new FILE` */
export function newPolicyCommand(io: Console): Command {
  return new Command('new')
    .summary('write a small scheduler to begin with')
    .description('Write a small scheduler with comments to a file: it runs as it is, and is yours to change.')
    .argument('<file>', 'the module to write, such as mine.mjs')
    .option('--force', 'replace the file if it is there (default: no)')
    .action((file: string, { force = false }: NewOptions) => {
      writeTemplate(file, force);
      io.print(nextSteps(file));
      io.exit(ExitCode.ok);
    });
}

/** @throws LabError BAD_OPTION, BAD_FILE */
function writeTemplate(file: string, isForced: boolean): void {
  if (extname(file) !== '.mjs') {
    const name = basename(file, extname(file));
    throw new LabError('BAD_OPTION', 'a policy module ends in .mjs', {
      where: '<file>',
      expected: 'a file name such as mine.mjs',
      got: `'${file}'`,
      ...(name !== '' && { hint: `creditlab policy new ${join(dirname(file), `${name}.mjs`)}` }),
    });
  }
  if (!isForced && isThere(file)) {
    throw new LabError('BAD_FILE', 'the file is there already', {
      where: file,
      expected: 'the name of a new file',
      hint: '--force replaces it',
    });
  }
  const template = readFileSync(join(packageRoot(), 'templates', 'policy.mjs'), 'utf8');
  try {
    writeFileSync(file, template.replaceAll(NAME_IN_TEMPLATE, basename(file)), {
      flag: isForced ? 'w' : 'wx',
    });
  } catch (cause) {
    const { code = String(cause), errno } = cause as NodeJS.ErrnoException;
    throw new LabError('BAD_FILE', `the file cannot be written (${code})`, {
      where: file,
      ...(code === 'ENOENT' && { hint: `there is no directory ${dirname(file)}` }),
      ...(errno !== undefined && { errno: -errno }),
      cause,
    });
  }
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function nextSteps(file: string): string {
  const path = isAbsolute(file) || file.startsWith('.') ? file : `./${file}`;
  return `${file} is written: a scheduler that runs as it is. Try it in virtual time, look for mistakes, run it:

  creditlab sim --scheduler ${path} --pcpus 1 --duration 1s --vm A --vm B --gantt
  creditlab policy check ${file}
  creditlab run --scheduler ${path} --pcpus 1 --duration 3s --vm A --vm B`;
}
