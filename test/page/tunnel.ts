/** A way to a host that can break, as `ssh -L` or a wireless network do, while the host goes on. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Tunnel {
  readonly link: string;
  private readonly server: Server;
  private readonly sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>, target: URL) {
    this.server = server;
    this.sockets = sockets;
    const link = new URL(target);
    link.port = String((server.address() as AddressInfo).port);
    this.link = link.href;
  }

  static async to(link: string): Promise<Tunnel> {
    const target = new URL(link);
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ]) {
        sockets.add(socket);
        socket.pipe(other);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Tunnel(server, sockets, target);
  }

  /** All that goes through it breaks off; what comes next goes through again. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }
}
