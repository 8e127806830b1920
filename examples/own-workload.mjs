// A workload of one's own (fibonacci.mjs) beside a built-in one, each with half a second of work: how fast it is alone,
// and how long it takes with twice the weight of the other.
//
//   node --single-threaded examples/own-workload.mjs
import { openLab, scenario } from 'creditlab';

const baseDir = import.meta.dirname;
const workload = './fibonacci.mjs';
const lab = await openLab();
try {
  const { nsPerUnit, spreadPercent } = await lab.calibrate(workload, { baseDir });
  const microseconds = (nsPerUnit / 1e3).toFixed(1);
  console.log(`a step takes ${microseconds} µs, give or take ${spreadPercent.toFixed(1)} %`);
  const vms = [
    { name: 'MINE', workload, work: '500ms', weight: 512 },
    { name: 'PRIMES', workload: 'primes', work: '500ms' },
  ];
  const result = await lab.start(scenario({ pcpus: 1, vms }, { baseDir })).result;
  for (const { name, wallNs, vcpus } of result.vms) {
    const [{ units, checksumOk }] = vcpus;
    const isRight = checksumOk === true ? 'right' : 'WRONG';
    const time = `${(wallNs / 1e9).toFixed(3)} s`;
    console.log(`${name.padEnd(6)} ${time} for ${units} steps; its checksum is ${isRight}`);
  }
} finally {
  await lab.close();
}
