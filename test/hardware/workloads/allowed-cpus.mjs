import { readFileSync } from 'node:fs';

/** CPUs that this thread may be on, as the kernel writes them. */
export function allowedCpus() {
  return /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/thread-self/status', 'utf8'))[1];
}
