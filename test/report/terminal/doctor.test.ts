import type { Finding } from '../../../src/doctor/diagnosis.ts';
import assert from 'node:assert/strict';
import { examine } from '../../../src/doctor/examine.ts';
import { Topic } from '../../../src/doctor/finding.ts';
import { findingText, summaryText } from '../../../src/report/terminal/doctor.ts';
import { createStyle, plainStyle } from '../../../src/report/terminal/style.ts';
import { CLOUD_VM, CONTAINER, observationsOf, LAPTOP, PRISTINE } from '../../doctor/invented-machine.ts';

const WIDTH = 80;
const topic = new Topic('battery', 'battery');
const bad = topic.bad('in use', 'speeds change', 'plug it in');

const text = (finding: Finding, style = plainStyle) => findingText(finding, WIDTH, style);

describe("the doctor's findings in a terminal", () => {
  it('are one line each on a machine where all is right', async () => {
    const findings = examine(await observationsOf(PRISTINE));
    for (const finding of findings) assert.match(text(finding), /^✓ [^\n]*$/);
  });

  it('fit in 80 columns on every machine, apart from a command that is longer itself', async () => {
    for (const machine of [LAPTOP, CLOUD_VM, CONTAINER]) {
      const lines = examine(await observationsOf(machine)).flatMap((finding) => text(finding).split('\n'));
      const long = lines.filter((line) => line.length > WIDTH && !line.trimEnd().endsWith('`'));
      assert.deepEqual(long, []);
    }
  });

  it('have consequence and remedy below what is bad', () => {
    const expected = [
      '✗ battery          in use',
      '                   speeds change',
      '                   remedy: plug it in',
    ];
    assert.deepEqual(text(bad).split('\n'), expected);
  });

  it('do not break a command in two', () => {
    const command = '`echo performance | sudo tee /sys/devices/system/cpu/*`';
    const shown = text(topic.notice('x', 'y', `when nothing else helps on this machine, ${command}`));
    assert.ok(
      shown.split('\n').some((line) => line.includes(command)),
      shown,
    );
  });

  it('can be told apart without colours and without UTF-8', () => {
    const ascii = createStyle({ color: false, unicode: false });
    const findings = [topic.good('a'), topic.notice('b', 'c'), bad, topic.unknown('d')];
    assert.deepEqual(
      findings.map((finding) => text(finding, ascii)[0]),
      ['+', '!', 'X', '?'],
    );
    for (const finding of findings) assert.doesNotMatch(text(finding, ascii), /[^\n -~]/);
  });
});

describe("the doctor's last lines", () => {
  const recommended = { pcpus: [3, 2, 1], why: 'CPU 0 is left' };

  it('recommend, promise a precision, and say that nothing is wrong', () => {
    const probe = {
      pcpu: 3,
      windowNs: 2e9,
      tickLatenessNs: { p50: 1, p99: 2 },
      sliceEndLateNs: 2,
      shareErrorPoints: 0.28,
      stolenPercent: 0,
      speedDriftPercent: 0,
      expected: { sharePoints: 0.28, timePercent: 0.84 },
    };
    assert.deepEqual(
      summaryText({ recommended, probe, findings: [topic.good('none')] }, WIDTH, plainStyle).split('\n'),
      [
        'Recommended: --pcpus 1-3 (CPU 0 is left).',
        'Expect shares to about 0.3 points and execution times to about 0.9 %.',
        'Nothing was found that spoils timings.',
      ],
    );
  });

  it('name what is wrong, and promise nothing without a probe', () => {
    const summary = summaryText({ recommended, probe: null, findings: [bad] }, WIDTH, plainStyle);
    assert.match(summary, /^Not fit for timings because of: battery\.$/m);
    assert.doesNotMatch(summary, /Expect/);
  });
});
