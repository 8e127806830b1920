// A change while the run is under way: after two seconds A gets three times its weight. What happens is told as it
// happens; at the end stands what was predicted for what was played.
//
//   node --single-threaded examples/live-change.mjs
import { openLab, scenario } from 'creditlab';

const lab = await openLab();
try {
  const run = lab.start(scenario({ pcpus: 1, duration: '5s', vms: [{ name: 'A' }, { name: 'B' }] }));
  run.on('change', ({ atNs, words }) => console.log(`${seconds(atNs)}  ${words}`));
  let nextNs = 1e9;
  run.on('shares', ({ atNs, percent }) => {
    if (atNs < nextNs) return;
    nextNs += 1e9;
    console.log(`${seconds(atNs)}  A ${percent.A.toFixed(1)} %, B ${percent.B.toFixed(1)} %`);
  });
  await run.at('2s');
  const change = await run.set('A', { weight: 768 });
  console.log(
    `          it acts ${((change.actsNs - change.askedNs) / 1e6).toFixed(1)} ms after it was asked for`,
  );
  const { vms, certificate } = await run.result;
  for (const { name, contendedSharePercent: share, predicted } of vms) {
    const { min, max } = predicted.sharePercent;
    console.log(`${name} had ${share.toFixed(1)} %; predicted: ${min.toFixed(1)} to ${max.toFixed(1)} %`);
  }
  console.log(`verdict: ${certificate?.verdict}`);
} finally {
  await lab.close();
}

function seconds(ns) {
  return `${(ns / 1e9).toFixed(3).padStart(6)} s`;
}
