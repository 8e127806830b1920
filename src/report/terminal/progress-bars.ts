import cliProgress from 'cli-progress';
import { metrics } from '../../result/metrics.ts';
import { formatMetric } from '../format.ts';
import type { VerifyProgress } from '../../testbed/testbed.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { fractionOf, verifyText, type ProgressOptions, type ProgressView } from './progress-view.ts';

const CLEAR_LINE = '\r\u001b[K';

/** A bar per VM; when the run has ended, the bars make room for the next run's. */
export function barProgress({ stream, style }: ProgressOptions): ProgressView {
  let label = '';
  let scenario: Scenario | null = null;
  let bars: cliProgress.MultiBar | null = null;
  let perVm: cliProgress.SingleBar[] = [];
  let verifyBar: cliProgress.SingleBar | null = null;
  let textShown = false;

  const showText = (text: string) => {
    stream.write(`${CLEAR_LINE}${style.dim(style.text(`${label}: ${text} …`))}`);
    textShown = true;
  };
  const clearText = () => {
    if (textShown) stream.write(CLEAR_LINE);
    textShown = false;
  };
  const start = ({ vms }: Scenario) => {
    clearText();
    bars = new cliProgress.MultiBar(
      {
        stream,
        format: style.text(`${style.dim('{label}')}  {vm} {bar} {percent}  {cpu} CPU · {wall}`),
        barCompleteChar: style.unicode ? '█' : '#',
        barIncompleteChar: style.unicode ? '░' : '.',
        barsize: 20,
        fps: 10,
        clearOnComplete: true,
        // Signals are handled in one place, where results are written too.
        gracefulExit: false,
      },
      cliProgress.Presets.legacy,
    );
    const width = Math.max(...vms.map((vm) => vm.name.length));
    perVm = vms.map((vm) => {
      const payload = {
        label,
        vm: vm.name.padEnd(width),
        percent: style.text('   –'),
        cpu: style.text('–'),
        wall: style.text('–'),
      };
      return (bars as cliProgress.MultiBar).create(1000, 0, payload);
    });
  };

  /** One more bar, below those of the VMs. */
  const showVerifying = (all: cliProgress.MultiBar, what: string, verifying: VerifyProgress) => {
    const payload = { what: style.text(`${label}: ${what}`), left: style.text(verifyText(verifying)) };
    verifyBar ??= all.create(1000, 0, payload, { format: `${style.dim('{what}')}  {bar} {left}` });
    verifyBar.update(Math.floor(verifying.fraction * 1000), payload);
  };

  return {
    begin(nextLabel, nextScenario) {
      label = nextLabel;
      scenario = nextScenario;
    },
    update(progress) {
      if (scenario === null) return;
      if (progress.vms.length === 0 || progress.phase !== 'running') {
        if (bars === null) showText(progress.text);
        else if (progress.verifying !== undefined) showVerifying(bars, progress.text, progress.verifying);
        return;
      }
      if (bars === null) start(scenario);
      for (const [index, vm] of progress.vms.entries()) {
        const fraction = fractionOf(progress, index, scenario);
        perVm[index].update(Math.floor((fraction ?? 0) * 1000), {
          percent:
            fraction === null ? style.text('   –') : `${String(Math.floor(fraction * 100)).padStart(3)}%`,
          cpu: style.text(formatMetric(metrics.cpuNs, vm.cpuNs)),
          wall: style.text(formatMetric(metrics.wallNs, vm.elapsedNs)),
        });
      }
    },
    end() {
      clearText();
      bars?.stop();
      bars = null;
      perVm = [];
      verifyBar = null;
      scenario = null;
    },
  };
}
