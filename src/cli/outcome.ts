import { ExitCode, LabError } from '../base/errors.ts';
import type { VcpuResult } from '../result/vm-result.ts';
import type { RowsEnd } from './ending.ts';
import type { RecordedRow } from './recorder.ts';

/**
 * The exit code of what was run and reported. Says which file could not be written.
 * @throws LabError RUN_FAILED when a run failed or a result is wrong
 */
export function exitCodeOf(
  { signalExitCode, failure, writeFailure }: RowsEnd,
  rows: readonly RecordedRow[],
  say: (line: string) => void,
): number {
  if (writeFailure !== null) say(writeFailure.describe());
  if (failure !== null) throw failure;
  if (signalExitCode !== null) return signalExitCode;
  const wrong = rows.flatMap(({ runs }) =>
    runs.flatMap((run) => run.vms.flatMap((vm) => vm.vcpus.filter((vcpu) => vcpu.checksumOk === false))),
  );
  if (wrong.length > 0) {
    throw new LabError(
      'RUN_FAILED',
      `a checksum differs: ${wrong.map((vcpu) => vcpu.id).join(', ')} computed nonsense`,
      {
        expected: 'the same result as an undisturbed run',
        got: gotOf(wrong[0]),
      },
    );
  }
  return writeFailure === null ? ExitCode.ok : ExitCode.failed;
}

/** If only the first steps were compared, the checksum of all steps isn't the one that was wrong. */
function gotOf({ checksum, units, verifiedUnits = units }: VcpuResult): string {
  return verifiedUnits < units ? `another one after ${String(verifiedUnits)} steps` : String(checksum);
}
