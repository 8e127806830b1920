/** Opens the page with an invented host, to look at it: `npx tsx test/page/serve-invented.ts`. */
import { InventedHost } from './invented-host.ts';
import { TestServer } from './test-server.ts';

const host = new InventedHost({
  pcpus: [1, 2],
  vms: [{ name: 'A' }, { name: 'B', weight: 512 }, { name: 'C', vcpus: 2, cap: 40 }],
});
const server = new TestServer(host);
await server.open();
host.start();
process.stdout.write(`${server.link()}\n${server.link('read')}\n`);
