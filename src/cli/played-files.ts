/** `--save`: what each run of a host has played, as a scenario file of its own: `played.yaml`, `played-2.yaml`. */
import { dirname, parse, join as joinPath } from 'node:path';
import type { LabError } from '../base/errors.ts';
import type { OpenedHost } from '../control/open-host.ts';
import { joined, refusalOf } from './attempt.ts';
import { OutputFile } from './output-file.ts';

export class PlayedFiles {
  private readonly first: OutputFile | null;
  private readonly ends: { readonly file: OutputFile; readonly text: string }[] = [];
  private readonly refusals: (LabError | null)[] = [];
  /** null: this run has none, or none that could be written */
  private current: OutputFile | null;
  private runs = 1;

  /** @param first null: it isn't wanted */
  constructor(first: OutputFile | null) {
    this.first = first;
    this.current = first;
  }

  /** Of all runs so far. */
  get files(): readonly OutputFile[] {
    const ended = this.ends.map(({ file }) => file);
    return this.current === null || ended.includes(this.current) ? ended : [...ended, this.current];
  }

  /**
   * A run has ended: its file is written, in case there is no time for it later. What can't be written is tried, and
   * complained about, at the end.
   */
  ended(host: OpenedHost): void {
    const file = this.current;
    if (file === null) return;
    this.refusals.push(
      refusalOf(() => {
        this.ends.push({ file, text: host.playedFile(dirname(file.target)) });
      }),
    );
    if (file.isReplaced) refusalOf(() => this.write(null));
  }

  /** Another run begins. A pipe or a device takes all, one after the other. */
  another(): void {
    const { first } = this;
    this.runs++;
    if (first === null || !first.isReplaced) return;
    const { dir, name, ext } = parse(first.path);
    const number = String(this.runs);
    // Never that of the run before.
    this.current = null;
    this.refusals.push(
      refusalOf(() => {
        this.current = new OutputFile('--save', joinPath(dir, `${name}-${number}${ext}`));
      }),
    );
  }

  /** @param host whose run is under way; null: none is @returns why a file could not be written, or null */
  write(host: OpenedHost | null): LabError | null {
    const { current } = this;
    const written = this.ends.map(({ file, text }) => refusalOf(() => file.write(text)));
    if (host !== null && current !== null)
      written.push(refusalOf(() => current.write(host.playedFile(dirname(current.target)))));
    return joined([...this.refusals, ...written]);
  }
}
