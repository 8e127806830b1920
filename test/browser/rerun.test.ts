import assert from 'node:assert/strict';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { tell } from '../hardware/support.ts';
import { Chromium, findChromium } from './chromium.ts';

describe('the page of a host that runs its VMs again', function () {
  this.timeout(120_000);
  let chromium: Chromium;

  before(async function () {
    const found = findChromium();
    if (found === null) {
      tell('skipped: no Chromium is installed; CREDITLAB_CHROMIUM names one');
      this.skip();
    }
    chromium = await Chromium.start(found);
  });

  after(async () => {
    await chromium?.close();
  });

  async function until(condition: string): Promise<void> {
    const end = performance.now() + 20_000;
    while (!(await chromium.evaluate<boolean>(`Boolean(${condition})`))) {
      if (performance.now() > end)
        assert.fail(`never: ${condition}\n${await chromium.evaluate<string>('document.body.innerText')}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  it('asks for it, and follows the next run', () =>
    inTemporaryDirectory(async (dir) => {
      const options = { cwd: dir, env: { XDG_RUNTIME_DIR: dir } };
      const args = ['up', '--simulated', '--pcpus', '0', '--vm', 'A:weight=512', '--vm', 'B', '--serve', '0'];
      let said = '';
      const link = new Promise<string>((resolve) => {
        const started = creditlab(args, {
          ...options,
          started: (child) => {
            child.stderr?.on('data', (chunk: Buffer) => {
              said += chunk.toString();
              const found = /page: (http:\S+)\n/.exec(said);
              if (found !== null) resolve(found[1]);
            });
          },
        });
        void started.then(({ stderr }) => {
          said = stderr;
        });
      });
      try {
        await chromium.open(await link);
        await until("document.querySelector('.link-live') && document.querySelector('.vm .measured')");
        await until("document.querySelector('.facts').innerText.includes('credit')");
        const seconds = "parseFloat(document.querySelector('.clock').innerText)";
        await until(`${seconds} >= 1.5`);
        await chromium.evaluate(
          "const select = document.querySelector('#rerun-scheduler'); select.value = 'credit2'; " +
            "select.dispatchEvent(new Event('change', { bubbles: true })); " +
            "document.querySelector('.rerun button').click()",
        );
        await until("document.querySelector('#scheduler-title').innerText === 'Scheduler: credit2'");
        await until("document.querySelector('.link-live') && document.querySelector('.vm .measured')");
        // The new run's own time, and knobs.
        await until(`${seconds} < 1.5`);
        await until("document.querySelector('#scheduler-ratelimit') !== null");
        await until("document.querySelector('#vm1-weight').value !== ''");
        assert.deepEqual(
          chromium.complaints.splice(0).filter((text) => !/503/.test(text)),
          [],
        );
      } finally {
        await chromium.open('about:blank');
        const { code, stderr } = await creditlab(['down'], options);
        assert.equal(code, 0, stderr + said);
      }
    }));
});
