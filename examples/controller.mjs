// A controller of one's own: it keeps A at 30 % of a core by moving its cap, whatever the others do. First A is alone,
// after three seconds B comes with twice its weight, after six it is destroyed.
//
//   node --single-threaded examples/controller.mjs
import { openLab, scenario } from 'creditlab';

const GOAL_PERCENT = 30;
/** How much of what is missing is made up for at once. Shares are of the last second: more would swing. */
const GAIN = 0.25;
const EVERY_NS = 250e6;

const lab = await openLab();
try {
  // It begins far from the goal.
  const vms = [{ name: 'A', cap: 60 }];
  const run = lab.start(scenario({ pcpus: 1, duration: '9s', scheduler: { tslice: '5ms' }, vms }));
  let cap = 60;
  let nextNs = EVERY_NS;
  run.on('shares', ({ atNs, percent }) => {
    if (atNs < nextNs) return;
    nextNs = atNs + EVERY_NS;
    cap += GAIN * (GOAL_PERCENT - percent.A);
    cap = Math.min(100, Math.max(1, cap));
    draw(atNs, percent.A);
    // The last one may come too late.
    run.set('A', { cap: Math.round(cap) }).catch(({ message }) => console.log(message));
  });
  await run.at('3s');
  await run.create({ name: 'B', weight: 512 });
  await run.at('6s');
  await run.destroy('B');
  const { commands, trace } = await run.result;
  const sets = commands.filter(({ command }) => command === 'set');
  console.log(`${sets.length} caps set; ${trace.count} records`);
} finally {
  await lab.close();
}

function draw(atNs, percent) {
  const bar = '█'.repeat(Math.round(percent));
  console.log(`${(atNs / 1e9).toFixed(2).padStart(5)} s ${percent.toFixed(1).padStart(5)} % ${bar}`);
}
