import { dirname, relative, resolve, sep } from 'node:path';
import { Command, Option } from 'commander';
import { ExitCode } from '../base/errors.ts';
import { checkPolicy } from '../policy-check/check-policy.ts';
import { named } from '../policy-check/judge.ts';
import { RULES } from '../policy-check/rules.ts';
import { scenarioText } from '../policy-check/scenario-text.ts';
import type { Shown, Verdict } from '../policy-check/verdict.ts';
import { policyCheckReport } from '../report/terminal/policy-check.ts';
import { styleFor } from '../report/terminal/style.ts';
import { textWidth } from '../report/text-layout.ts';
import { MAX_SEED } from '../scenario/limits.ts';
import { quietIf, type Console } from './console.ts';
import { quietOption, wholeNumberOption } from './options.ts';
import { OutputFile, requireDistinct } from './output-file.ts';

interface CheckFlags {
  readonly seed: string;
  readonly scenario?: string;
  readonly json?: string;
  readonly quiet?: boolean;
}

const HELP = `
The policy is run in virtual time: in named scenarios from one hog on, in random ones, with requests that it must
refuse, and once for its memory. It has a thread of its own, so whatever it does ends within ten seconds. What is
found is shown in the shortest scenario in which it still happens.

Examples:
  creditlab policy check mine.mjs
  creditlab policy check mine.mjs --scenario found.yaml; creditlab sim found.yaml --gantt`;

/** `creditlab policy check FILE` */
export function policyCheckCommand(io: Console): Command {
  return new Command('check')
    .summary('see whether a scheduler keeps the rules')
    .description(
      'Hold a scheduler of your own against the rules that every scheduler keeps, in virtual time.',
    )
    .argument('<file>', 'module of the policy')
    .addOption(
      new Option('--seed <n>', `of the random scenarios, 0 to ${String(MAX_SEED)}`).default('1', '1'),
    )
    .option(
      '--scenario <file>',
      'write the scenario that shows what is wrong, for sim (default: not written)',
    )
    .option('--json <file>', 'write what was found as JSON (default: not written)')
    .addOption(quietOption())
    .addHelpText('after', HELP)
    .action(async (file: string, flags: CheckFlags) => {
      io.exit(await check(quietIf(flags.quiet, io), file, flags));
    });
}

async function check(io: Console, path: string, flags: CheckFlags): Promise<number> {
  const seed = wholeNumberOption('--seed', flags.seed, 0, MAX_SEED);
  const scenario = flags.scenario === undefined ? null : new OutputFile('--scenario', flags.scenario);
  const json = flags.json === undefined ? null : new OutputFile('--json', flags.json);
  requireDistinct([scenario, json], [path]);
  const stage = new StageLine(io);
  const verdict = await checkPolicy(resolve(path), { seed, onStage: (what) => stage.show(what) }).finally(
    () => {
      stage.clear();
    },
  );
  io.print(
    policyCheckReport({
      path,
      seed,
      verdict,
      yaml: yamlOf(verdict, path, '.', seed),
      width: textWidth(io.stdout),
      style: styleFor(io.stdout),
    }),
  );
  writeFiles(verdict, { path, seed, scenario, json });
  return verdict.shown === null ? ExitCode.ok : RULES[verdict.shown.finding.rule].exitCode;
}

interface Files {
  readonly path: string;
  readonly seed: number;
  readonly scenario: OutputFile | null;
  readonly json: OutputFile | null;
}

function writeFiles(verdict: Verdict, { path, seed, scenario, json }: Files): void {
  const yaml = yamlOf(verdict, path, scenario === null ? '.' : dirname(scenario.path), seed);
  if (scenario !== null && yaml !== '') scenario.write(yaml);
  json?.write(`${JSON.stringify(jsonOf(verdict, seed, yaml), null, 2)}\n`);
}

function jsonOf({ policy, shown, counts, shares, printed }: Verdict, seed: number, yaml: string): unknown {
  const found = shown === null ? null : foundOf(shown, yaml);
  return {
    format: 'creditlab-policy-check',
    version: 1,
    policy: policy === null ? null : { type: policy.type, description: policy.description },
    seed,
    found,
    counts,
    shares,
    printed,
  };
}

function foundOf({ finding, scenario }: Shown, yaml: string): unknown {
  const { rule: name, what, where, atNs, decisions } = finding;
  const { exitCode, title, rule } = RULES[name];
  return {
    name,
    title,
    rule,
    exitCode,
    what: scenario === null ? what : named(what, scenario),
    where,
    atNs,
    decisions,
    scenario: yaml === '' ? null : yaml,
  };
}

/** The scenario as a file in that directory; '' where there is none. */
function yamlOf({ policy, shown }: Verdict, path: string, directory: string, seed: number): string {
  if (shown === null || shown.scenario === null) return '';
  const { rule } = shown.finding;
  const declared = policy ?? { parameters: [], vmParameters: [] };
  const notes = [`${rule}: ${RULES[rule].title}`, `creditlab policy check ${path} --seed ${String(seed)}`];
  return scenarioText(shown.scenario, declared, pathFrom(directory, path), notes);
}

/** As scenario files name a module: `./mine.mjs`. */
function pathFrom(directory: string, path: string): string {
  const from = relative(resolve(directory), resolve(path)).split(sep).join('/');
  return from.startsWith('.') ? from : `./${from}`;
}

/** On a terminal: a line that says what is being looked at, until there is something to say. */
class StageLine {
  private readonly io: Console;
  private isShown = false;

  constructor(io: Console) {
    this.io = io;
  }

  show(what: string): void {
    if (this.io.stderr.isTTY !== true) return;
    this.io.stderr.write(`\r\x1b[K${what} …`);
    this.isShown = true;
  }

  clear(): void {
    if (this.isShown) this.io.stderr.write('\r\x1b[K');
  }
}
