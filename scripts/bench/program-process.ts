/** One run in a process of its own, which can be ended from outside when it hangs: see watched-run.ts. */
import { RunFailed } from '../../src/result/run-failed.ts';
import { HardwareTestbed } from '../../src/host/hardware-testbed.ts';
import { loadNative } from '../../src/addon/native.ts';
import type { RunOrder, RunReply } from './watched-run.ts';

process.once('message', (order) => void serve(order as RunOrder));

async function serve({ host, scenario }: RunOrder): Promise<void> {
  let phase: string | null = null;
  try {
    const testbed = await HardwareTestbed.open(loadNative(), host, { pcpus: scenario.pcpus });
    const result = await testbed.run(scenario, {
      onProgress(progress) {
        if (progress.phase === phase) return;
        phase = progress.phase;
        tell({ kind: 'phase', phase });
      },
      signal: new AbortController().signal,
    });
    await testbed.close();
    tell({ kind: 'done', result });
  } catch (error) {
    const result = error instanceof RunFailed ? error.partial : null;
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error), result });
  }
}

/** The last message must be on its way before the process ends. */
function tell(reply: RunReply): void {
  process.send?.(reply, undefined, undefined, () => {
    if (reply.kind !== 'phase') process.exit(0);
  });
}
