/** Server-sent events out of pieces of text that end anywhere. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  /** of the last event that had one */
  readonly id: string | null;
}

export class EventReader {
  private rest = '';
  private id: string | null = null;

  /** The events that are whole now. */
  take(text: string): ServerEvent[] {
    // A line may end in CR LF, and the two may come apart.
    const all = this.rest + text;
    const isHeldBack = all.endsWith('\r');
    const blocks = (isHeldBack ? all.slice(0, -1) : all).replace(/\r\n?/g, '\n').split('\n\n');
    this.rest = (blocks.pop() ?? '') + (isHeldBack ? '\r' : '');
    return blocks.map((block) => this.read(block)).filter((event) => event !== null);
  }

  private read(block: string): ServerEvent | null {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [, field, value] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? ['', '', ''];
      if (field === 'data') data.push(value ?? '');
      else if (field === 'event') event = value ?? '';
      else if (field === 'id') this.id = value ?? '';
    }
    return data.length === 0 ? null : { event, data: data.join('\n'), id: this.id };
  }
}
