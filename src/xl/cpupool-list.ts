/** `xl cpupool-list`: there is one pool, with all pCPUs. */
import type { XlCommand } from './command.ts';
import { checkPool, domainsOf, POOL } from './domains.ts';
import { lines } from './list.ts';

export const cpupoolList: XlCommand = {
  name: 'cpupool-list',
  does: 'List the CPU pools: there is one, with all pCPUs',
  operands: [{ name: 'pool', isOptional: true }],
  options: [{ short: 'c', long: 'cpus', does: 'list the CPUs of each' }],
  isQuick: true,
  async run({ world, given, host }) {
    const [pool] = given.operands;
    if (pool !== undefined) checkPool(pool);
    const state = await (await host()).state();
    const cpus = state.pcpus.map(({ cpu }) => cpu);
    if (given.options.has('cpus')) {
      world.out(lines([`${'Name'.padEnd(19)}CPU list`, `${POOL.padEnd(19)}${cpus.join(',')}`]));
      return;
    }
    const row = [
      POOL.padEnd(19),
      String(cpus.length).padStart(3),
      ` ${state.scheduler.type.padStart(9)}`,
      '       y',
      `       ${String(domainsOf(state).length).padStart(4)}`,
    ].join('');
    world.out(lines([`${'Name'.padEnd(19)}CPUs   Sched     Active   Domain count`, row]));
  },
};
