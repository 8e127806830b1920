/** Which control groups this process is in. Each limits it: its own, and all those above. */
import { join } from 'node:path';
import { readText } from '../base/files.ts';

export interface GroupFolder {
  readonly version: 1 | 2;
  readonly path: string;
}

/**
 * The folders of a controller, from the root down to the process's own group. Some of them may not exist: a container
 * sees its own group as the root.
 * @param root prefix for /proc and /sys, for invented hosts in tests
 * @param controller such as `cpu`, `memory` or `pids`
 */
export function groupFolders(root: string, controller: string): GroupFolder[] {
  const folders: GroupFolder[] = [];
  for (const line of (readText(join(root, 'proc/self/cgroup')) ?? '').split('\n')) {
    // A path may hold colons itself: containerd's do.
    const [, controllers, ...rest] = line.split(':');
    if (rest.length === 0) continue;
    const path = rest.join(':');
    // Where both versions are mounted, the second one has a folder of its own.
    const mounts = controllers === '' ? ['', 'unified'] : [controller];
    if (controllers !== '' && !controllers.split(',').includes(controller)) continue;
    for (const mount of mounts)
      for (const dir of alongPath(path))
        folders.push({
          version: controllers === '' ? 2 : 1,
          path: join(root, 'sys/fs/cgroup', mount, dir),
        });
  }
  return folders;
}

function alongPath(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  // A group outside of this namespace's root is written with dots, and can't be seen.
  const seen = parts.includes('..') ? [] : parts;
  return Array.from({ length: seen.length + 1 }, (_, depth) => seen.slice(0, depth).join('/'));
}
