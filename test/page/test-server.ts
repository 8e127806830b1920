/** The port of a host, for one that was invented, with the page as it was built. */
import assert from 'node:assert/strict';
import type { ControlledHost } from '../../src/control/host.ts';
import { HostServer, type Links } from '../../src/serve/host-server.ts';
import { pageDirectory, readPage } from '../../src/serve/page-files.ts';
import { servedOf } from '../serve/invented-host.ts';

export const SCENARIO = 'name: played\nduration: 3s\n';

export class TestServer {
  private readonly host: ControlledHost;
  private server: HostServer | null = null;
  private links: Links | null = null;

  constructor(host: ControlledHost) {
    this.host = host;
  }

  /** Once more: as a host that is started anew on the same port, with the same token of all rights. */
  async open(): Promise<void> {
    const { links } = this;
    const port = links === null ? 0 : Number(new URL(links.all).port);
    const token = links === null ? null : tokenOf(links.all);
    this.server = await HostServer.open({
      note: null,
      port: { port, address: '127.0.0.1', token, page: readPage(pageDirectory()) },
      say: assert.fail,
    });
    this.server.attach(servedOf(this.host, () => SCENARIO));
    this.links = this.server.links;
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    await this.server?.close();
    this.server = null;
  }

  link(rights: 'all' | 'read' = 'all'): string {
    return this.links?.[rights] ?? assert.fail('it was never open');
  }

  token(): string {
    return tokenOf(this.link());
  }
}

function tokenOf(link: string): string {
  return link.split('#token=')[1];
}
