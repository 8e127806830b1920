import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { listLabs } from '../../src/scenario/builtin-labs.ts';
import { readCommandLine } from '../../src/xl/xl.ts';
import { inProcess } from '../cli/in-process.ts';
import { brokenLink, codeBlocks, inlineCode, linkTargets, markdownFiles, readMarkdown } from './markdown.ts';

const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Folders whose files the documents name; what a build makes is not among them, and NAME stands for a name. */
const CHECKED_IN = /^(?:src|native|workloads|test|scripts|schema|docs)\/(?!.*NAME)[\w./-]+\.\w+$/;

describe('the documents', () => {
  for (const file of markdownFiles) {
    const text = readMarkdown(file);
    const code = [...codeBlocks(text, 'console'), ...codeBlocks(text, 'sh'), ...inlineCode(text)];

    it(`${file}: relative links lead to files and headings that exist`, () => {
      const relative = linkTargets(text).filter((target) => !/^[a-z]+:/.test(target));
      assert.deepEqual(
        relative.flatMap((target) => brokenLink(file, target) ?? []),
        [],
      );
    });

    it(`${file}: npm scripts exist`, () => {
      const named = code.flatMap((each) => [
        ...[...each.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name),
        ...[...each.matchAll(/\bnpm (test|start)\b/g)].map(([, name]) => name),
      ]);
      assert.deepEqual(
        named.filter((name) => !(name in scripts)),
        [],
      );
    });

    it(`${file}: files of the project that it names exist`, () => {
      const named = inlineCode(text).filter((each) => CHECKED_IN.test(each));
      assert.deepEqual(
        named.filter((path) => !existsSync(join(packageRoot(), path))),
        [],
      );
    });

    it(`${file}: commands, options and labs exist`, async function () {
      this.timeout(30_000);
      const mistakes: string[] = [];
      for (const call of code.flatMap(callsIn)) {
        const mistake = await mistakeIn(call);
        if (mistake !== null) mistakes.push(`${call}: ${mistake}`);
      }
      assert.deepEqual(mistakes, []);
    });
  }

  it('say so when a link leads nowhere', () => {
    assert.equal(brokenLink('docs/scenarios.md', 'nowhere.md'), 'docs/nowhere.md does not exist');
    assert.equal(
      brokenLink('docs/scenarios.md', 'workloads.md#nowhere'),
      'docs/workloads.md has no heading for #nowhere',
    );
    assert.equal(brokenLink('docs/scenarios.md', '../README.md'), null);
  });

  it('say so when a command, an option or a lab does not exist', async () => {
    assert.match(String(await mistakeIn('creditlab rum x')), /no command/);
    assert.match(String(await mistakeIn('creditlab run --durations 3s')), /no option/);
    assert.match(String(await mistakeIn('creditlab policy check mine.mjs --seeds 3')), /no option/);
    assert.match(String(await mistakeIn('creditlab lab wieghts')), /no lab/);
    assert.match(String(await mistakeIn('creditlab xl sched-credits')), /no command/);
    assert.match(String(await mistakeIn('creditlab xl sched-credit -x 5')), /invalid option/);
    assert.equal(await mistakeIn('creditlab lab weights -q'), null);
    assert.equal(await mistakeIn('creditlab xl sched-credit -d A -w 512'), null);
  });
});

/** Calls of the command, a line each; a comment and what comes behind a pipe or `;` are not part of it. */
function callsIn(code: string): readonly string[] {
  return code
    .replace(/\\\n/g, ' ')
    .split('\n')
    .flatMap((line) => /(?:^|\s)(creditlab [a-z].*)/.exec(line.replace(/\s#.*$/, ''))?.[1] ?? [])
    .map((call) => call.split(/[|;]|&&/)[0].trim());
}

/** Null, or what the command would complain about. */
async function mistakeIn(call: string): Promise<string | null> {
  const [, command, ...args] = call.split(/\s+/);
  if (command === 'xl') return toolMistakeIn(args);
  const isCommand = command === 'policy' && /^[a-z]/.test(args.at(0) ?? '');
  const path = isCommand ? [command, args[0]] : [command];
  const help = await helpOf(path);
  if (help === null) return `no command ${path.join(' ')}`;
  const options = args.filter((arg) => /^--?[a-z]/.test(arg));
  const unknown = options.find((option) => !new RegExp(`(?:^|[ ,])${option}\\b`, 'm').test(help));
  if (unknown !== undefined) return `no option ${unknown}`;
  const [lab] = args;
  const isLabName = command === 'lab' && lab !== undefined && /^[a-z]/.test(lab) && !lab.endsWith('.yaml');
  if (isLabName && !listLabs().some(({ name }) => name === lab)) return `no lab ${lab}`;
  return null;
}

/** The tool reads its own command line; capital letters stand for what is to be filled in. */
function toolMistakeIn(args: readonly string[]): string | null {
  const isPlaceholder = args.some((arg) => arg === 'COMMAND' || arg === '…');
  if (args.length === 0 || isPlaceholder) return null;
  const reading = readCommandLine(args);
  return reading.kind === 'wrong' ? reading.text.trimEnd() : null;
}

const helps = new Map<string, string | null>();

async function helpOf(path: readonly string[]): Promise<string | null> {
  const command = path.join(' ');
  const known = helps.get(command);
  if (known !== undefined) return known;
  const { stdout } = await inProcess([...path, '--help'], packageRoot());
  const help = stdout.startsWith(`Usage: creditlab ${command}`) ? stdout : null;
  helps.set(command, help);
  return help;
}
