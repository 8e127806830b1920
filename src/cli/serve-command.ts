import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { LabError } from '../base/errors.ts';
import { unreadable } from '../base/files.ts';
import { parseJson } from '../base/parse-json.ts';
import { resultSchema } from '../result/result.ts';
import { DEFAULT_PORT, HostServer } from '../serve/host-server.ts';
import { FinishedHost } from '../serve/finished-host.ts';
import { readTraces } from '../trace/file-reader.ts';
import type { Console } from './console.ts';
import { linkLines, listenOption, portOptions, portWarnings, tokenOption } from './host-options.ts';
import { wholeNumberOption } from './options.ts';
import { Shutdown } from './shutdown.ts';

interface ServeOptions {
  readonly port: string;
  readonly listen?: string;
  readonly token?: string;
  readonly run: string;
}

const EXAMPLES = `
Examples:
  creditlab serve run.trace.gz
  creditlab serve out.json --port 0`;

/** `creditlab serve FILE` */
export function serveCommand(io: Console): Command {
  const port = String(DEFAULT_PORT);
  return new Command('serve')
    .summary('show in a browser what is finished')
    .description(
      'Show a trace (run --trace FILE) or a result (run --json FILE) on the page of a host, to be looked at only, ' +
        'until Ctrl-C.',
    )
    .argument('<file>', 'trace file or result')
    .addOption(new Option('--run <n>', 'which of the runs in the file, counted from 1').default('1', '1'))
    .addOption(new Option('--port <n>', 'port of the page, 0: any that is free').default(port, port))
    .addOption(listenOption())
    .addOption(tokenOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ServeOptions) => {
      io.exit(await serve(io, file, options));
    });
}

async function serve(io: Console, file: string, options: ServeOptions): Promise<number> {
  const host = finishedHost(file, options.run);
  const port = portOptions({ ...options, serve: options.port });
  const server = await HostServer.open({ note: null, port, say: io.say });
  const shutdown = new Shutdown({
    salvage: () => undefined,
    restore: () => undefined,
    say: () => undefined,
  });
  try {
    server.attach({ host, commands: [], scenario: host.scenario, story: host.story });
    for (const line of server.links === null ? [] : linkLines(server.links)) io.say(line);
    for (const warning of portWarnings(options)) io.say(warning);
    await new Promise((resolve) => {
      shutdown.signal.addEventListener('abort', resolve);
    });
    return shutdown.exitCode ?? 0;
  } finally {
    await server.close();
    shutdown.dispose();
  }
}

/** A result is one JSON object; whatever isn't is read as a trace, which says itself what is wrong with it. */
function finishedHost(file: string, run: string): FinishedHost {
  const result = resultIn(file);
  if (result === null) {
    const traces = readTraces(file);
    return FinishedHost.ofTrace(traces[wholeNumberOption('--run', run, 1, traces.length) - 1]);
  }
  const parsed = resultSchema.safeParse(result);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new LabError('BAD_FILE', `this result is malformed: ${path.map(String).join('.')}: ${message}`, {
      where: file,
    });
  }
  const { runs } = parsed.data;
  return FinishedHost.ofResult(parsed.data, runs[wholeNumberOption('--run', run, 1, runs.length) - 1]);
}

function resultIn(file: string): unknown {
  if (!file.endsWith('.json')) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause, 'a result or a trace');
  }
  return parseJson(text, file);
}
