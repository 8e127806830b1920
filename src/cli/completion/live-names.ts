/**
 * `node live-names.js hosts|vms` prints the names of the running hosts, or of the VMs on all of them, one a line.
 * Shells run it when the key is pressed, so it loads nothing else. Nothing here is worth an error: then
 * there is no name.
 */
import { HostClient } from '../../serve/client.ts';
import { runningHosts } from '../../serve/host-names.ts';
import { runtimeDirectory } from '../../serve/runtime-directory.ts';
import { domainsOf } from '../../xl/domains.ts';

/** A host that doesn't answer by then has no names. */
const PATIENCE_MS = 1000;

async function liveNames(kind: string): Promise<string[]> {
  const hosts = await runningHosts(runtimeDirectory());
  if (kind === 'hosts') return hosts.map(({ name }) => name);
  const all = await Promise.allSettled(
    hosts.map(async ({ name, socket }) => domainsOf(await new HostClient(name, socket).state())),
  );
  return all.flatMap((each) => (each.status === 'fulfilled' ? each.value.map(({ name }) => name) : []));
}

setTimeout(() => process.exit(), PATIENCE_MS).unref();
const names = await liveNames(process.argv[2]).catch(() => []);
process.stdout.write(names.map((name) => `${name}\n`).join(''));
process.exit();
