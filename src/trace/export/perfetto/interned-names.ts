import type { ProtobufWriter } from './protobuf.ts';
import { MessageField } from './fields.ts';

/**
 * Names that are written once and then referred to by a number. A packet carries, in its interned data, the names that
 * are first used in it.
 */
export class InternedNames {
  private readonly field: number;
  private readonly ids = new Map<string, number>();
  private fresh: string[] = [];

  /** @param field of InternedData */
  constructor(field: number) {
    this.field = field;
  }

  get hasFresh(): boolean {
    return this.fresh.length > 0;
  }

  idOf(name: string): number {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const id = this.ids.size + 1; // 0 means none
    this.ids.set(name, id);
    this.fresh.push(name);
    return id;
  }

  /** Write what came up since the last call. */
  writeFresh(writer: ProtobufWriter): void {
    for (const name of this.fresh) {
      writer.message(this.field, () => {
        writer.uint(MessageField.InternedName.iid, this.idOf(name));
        writer.string(MessageField.InternedName.name, name);
      });
    }
    this.fresh = [];
  }
}
