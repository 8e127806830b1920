/** The commands of the tool, in the order of its help. */
import type { XlCommand } from './command.ts';
import { cpupoolList } from './cpupool-list.ts';
import { create } from './create.ts';
import { debugKeys } from './debug-keys.ts';
import { destroy, pause, unpause } from './life.ts';
import { list, vcpuList } from './list.ts';
import { schedCredit } from './sched-credit.ts';
import { schedCredit2 } from './sched-credit2.ts';
import { schedRtds } from './sched-rtds.ts';
import { schedSedf } from './sched-sedf.ts';
import { top } from './top.ts';
import { vcpuPin } from './vcpu-pin.ts';

export const XL_COMMANDS: readonly XlCommand[] = [
  list,
  vcpuList,
  vcpuPin,
  schedCredit,
  schedCredit2,
  schedRtds,
  schedSedf,
  pause,
  unpause,
  create,
  destroy,
  cpupoolList,
  top,
  debugKeys,
];
