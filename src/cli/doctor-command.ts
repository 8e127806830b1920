import { Command } from 'commander';
import type { Diagnosis, Finding, Probe } from '../doctor/diagnosis.ts';
import { examine } from '../doctor/examine.ts';
import { examinePrecision, precisionUnknown } from '../doctor/examine-precision.ts';
import { examineSlices, slicesUnknown } from '../doctor/examine-slices.ts';
import { isBad } from '../doctor/finding.ts';
import { probe } from '../doctor/probe.ts';
import { type ChoosePcpus, observe } from '../doctor/observe.ts';
import { recommendPcpus } from '../cpus/recommend.ts';
import { ExitCode, LabError } from '../base/errors.ts';
import { packageVersion } from '../base/package-root.ts';
import { findingText, summaryText } from '../report/terminal/doctor.ts';
import { textWidth } from '../report/text-layout.ts';
import { styleFor } from '../report/terminal/style.ts';
import { formatCpuList, parseCpuList } from '../scenario/cpu-list.ts';
import { bringOnline } from '../scenario/resolve-pcpus.ts';
import { closeWithin, openHardware } from './run-rows.ts';
import { quietIf, type Console } from './console.ts';
import { jsonOption, pcpusOption, quietOption } from './options.ts';
import { OutputFile } from './output-file.ts';
import { Shutdown } from './shutdown.ts';

interface DoctorOptions {
  readonly pcpus?: string;
  readonly probe: boolean;
  readonly json?: string;
  readonly quiet?: boolean;
}

const HELP = `
Each topic is marked: ✓ good, ! worth knowing, ✗ spoils timings, ? not known.
The probe runs two VMs, 256:512, on the first pCPU for 2 s and compares them with what the scheduler predicts.

Examples:
  creditlab doctor
  creditlab doctor --pcpus 2-3 --json doctor.json
  creditlab doctor --no-probe`;

/** `creditlab doctor` */
export function doctorCommand(io: Console): Command {
  return new Command('doctor')
    .summary('say what on this machine disturbs timings, and how precise they will be')
    .description(
      'Look for everything on this machine that disturbs timings, and say what it does to them and what helps; ' +
        'recommend pCPUs, and ' +
        'measure what precision to expect.',
    )
    .addOption(pcpusOption('the recommended ones'))
    .option('--no-probe', 'do not measure the precision (default: a probe of 2 s does)')
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText('after', HELP)
    .action(async (options: DoctorOptions) => {
      io.exit(await diagnose(quietIf(options.quiet, io), options));
    });
}

async function diagnose(io: Console, options: DoctorOptions): Promise<number> {
  const choose = chooser(options.pcpus);
  const json = options.json === undefined ? null : new OutputFile('--json', options.json);
  const style = styleFor(io.stdout);
  const width = textWidth(io.stdout);
  const observed = await (io.testbed.observe ?? observe)(choose);
  const findings = examine(observed);
  for (const finding of findings) io.print(findingText(finding, width, style));

  const probed = await measure(io, options, observed.pcpus[0]);
  findings.push(...probed.findings);
  for (const finding of probed.findings) io.print(findingText(finding, width, style));

  const recommended = recommendPcpus(observed.hostCpus);
  io.print(`\n${summaryText({ recommended, probe: probed.probe, findings }, width, style)}`);
  const fit = !isBad(findings);
  const diagnosis: Diagnosis = {
    format: 'creditlab-doctor',
    version: 1,
    generator: { name: 'creditlab', version: packageVersion() },
    examinedAt: new Date().toISOString(),
    examinedPcpus: observed.pcpus,
    fit,
    findings,
    recommended,
    probe: probed.probe,
  };
  json?.write(`${JSON.stringify(diagnosis, null, 2)}\n`);
  if (probed.failure !== null) throw probed.failure;
  return probed.signalExitCode ?? (fit ? ExitCode.ok : ExitCode.disturbed);
}

/** The CPUs that the user names, or the recommended ones. @throws LabError BAD_OPTION */
function chooser(text: string | undefined): ChoosePcpus {
  // Best first: the probe takes the first one.
  if (text === undefined) return (hostCpus) => recommendPcpus(hostCpus).pcpus;
  const parsed = parseCpuList(text);
  if (!parsed.ok) throw badPcpus(parsed.message, parsed.expected, `'${text}'`);
  const cpus = parsed.value;
  if (new Set(cpus).size < cpus.length) throw badPcpus('a CPU is given twice', 'each CPU once', `'${text}'`);
  return ({ allowedCpus, offlineCpus }) => {
    const stranger = cpus.find((cpu) => !allowedCpus.includes(cpu));
    if (stranger === undefined) return cpus;
    const expected = `CPUs out of ${formatCpuList(allowedCpus)}`;
    if (offlineCpus.includes(stranger))
      throw badPcpus(`CPU ${String(stranger)} is offline`, expected, `'${text}'`, bringOnline([stranger]));
    throw badPcpus(`CPU ${String(stranger)} is not allowed on this host`, expected, `'${text}'`);
  };
}

function badPcpus(message: string, expected: string | undefined, got: string, hint?: string): LabError {
  return new LabError('BAD_OPTION', message, {
    where: '--pcpus',
    ...(expected === undefined ? {} : { expected }),
    got,
    ...(hint === undefined ? {} : { hint }),
  });
}

interface Probed {
  readonly findings: readonly Finding[];
  readonly probe: Probe | null;
  /** what to end with when everything is reported; null: nothing failed */
  readonly failure: Error | null;
  readonly signalExitCode: number | null;
}

/** Open the testbed and run the probe; why there is none is among the findings. */
async function measure(
  io: Console,
  { probe: isWanted, quiet = false }: DoctorOptions,
  pcpu: number | undefined,
): Promise<Probed> {
  const without = (reason: string, failure: Error | null = null, signalExitCode: number | null = null) => ({
    findings: [slicesUnknown(), precisionUnknown(reason)],
    probe: null,
    failure,
    signalExitCode,
  });
  if (!isWanted) return without('switched off by --no-probe');
  if (pcpu === undefined) return without('there is no pCPU');
  const shutdown = new Shutdown({ salvage() {}, restore() {}, say: io.say });
  let testbed = null;
  try {
    if (!quiet) io.say(`probing CPU ${String(pcpu)} for 2 s`);
    testbed = await (io.testbed.open ?? openHardware)({ pcpus: [pcpu] });
    const result = await probe(testbed, pcpu, shutdown.signal);
    if (result === null) return without('interrupted', null, shutdown.exitCode);
    return {
      findings: [examineSlices(result), examinePrecision(result)],
      probe: result,
      failure: null,
      signalExitCode: shutdown.exitCode,
    };
  } catch (error) {
    const isImpossible =
      error instanceof LabError && (error.code === 'NO_ADDON' || error.code === 'NOT_SUPPORTED');
    const failure = error instanceof Error ? error : new Error(String(error));
    if (!isImpossible) return without(`the probe failed: ${failure.message}`, failure);
    const { hint } = error.details;
    return without(hint === undefined ? failure.message : `${failure.message}; ${hint}`);
  } finally {
    await closeWithin(testbed);
    shutdown.dispose();
  }
}
