// A sweep: A's weight goes up against B's 256, one core for both. What A got, as CSV, beside what the same scheduler
// does in virtual time.
//
//   node --single-threaded examples/sweep.mjs > sweep.csv
import { openLab, scenario, simulate } from 'creditlab';

const lab = await openLab();
console.log('weight,measuredPercent,simulatedPercent,verdict');
try {
  for (const weight of [64, 128, 256, 512, 1024]) {
    const planned = scenario({
      pcpus: 1,
      duration: '2s',
      scheduler: { tslice: '5ms' },
      vms: [
        { name: 'A', weight, workload: 'nqueens' },
        { name: 'B', workload: 'matmul' },
      ],
    });
    const { vms, certificate } = await lab.start(planned).result;
    const [measured] = vms;
    const [simulated] = simulate(planned).vms;
    const percents = [measured, simulated].map(({ sharePercent }) => sharePercent.toFixed(2));
    console.log([weight, ...percents, certificate?.verdict].join(','));
  }
} finally {
  await lab.close();
}
