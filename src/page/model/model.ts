/** All that the page knows of the host, and the wishes that are under way. Views read its signals. */
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Change, HostState, StepResponse, StreamMessage, VmState } from '../../control/state.ts';
import { refusalOf, type Api } from './api.ts';
import type { Connection, Listener } from './connection.ts';
import { PlayHead } from './play-head.ts';
import { ShareHistory } from './shares.ts';
import { SliceStore } from './slices.ts';
import { Wish, type Clock } from './wish.ts';

/** A line of what happened. */
export interface Line {
  readonly atNs: number;
  readonly text: string;
}

/** What a vCPU's number in a slice stands for. */
export interface Vcpu {
  readonly id: string;
  /** as it stands in its slices: without its number where the VM has one vCPU */
  readonly name: string;
  /** the VM's colour, and the vCPU's place in it */
  readonly color: number;
  readonly index: number;
}

const MOST_LINES = 100;
const MOST_CHANGES = 100;
/** VMs that are gone are still in the timeline. */
const MOST_VCPUS = 4096;

export class Model implements Listener {
  readonly state: ReadonlySignal<HostState | null>;
  readonly link: ReadonlySignal<Connection>;
  /** the latest first */
  readonly lines: ReadonlySignal<readonly Line[]>;
  /** the latest last */
  readonly changes: ReadonlySignal<readonly Change[]>;
  readonly responses: ReadonlySignal<ReadonlyMap<number, readonly StepResponse[]>>;
  /** counts the samples of shares: who reads it is drawn anew with each */
  readonly sample: ReadonlySignal<number>;
  /** commands can be given */
  readonly canCommand: ReadonlySignal<boolean>;
  /** what was played can be had */
  readonly canSave: ReadonlySignal<boolean>;
  /** whose commands are refused, and who is shown no controls */
  readonly isReader: ReadonlySignal<boolean>;
  readonly head = new PlayHead();
  readonly vcpus = new Map<number, Vcpu>();
  /** the ID of the first life of each VM, by name */
  private readonly firstLives = new Map<string, number>();
  readonly api: Api;
  shares = new ShareHistory();
  slices = new SliceStore(0);
  private readonly stateSignal = signal<HostState | null>(null);
  private readonly linkSignal = signal<Connection>({ kind: 'connecting' });
  private readonly linesSignal = signal<readonly Line[]>([]);
  private readonly changesSignal = signal<readonly Change[]>([]);
  private readonly responsesSignal = signal<ReadonlyMap<number, readonly StepResponse[]>>(new Map());
  private readonly sampleSignal = signal(0);
  private readonly isReaderSignal = signal(false);
  /** What was played, when it is over; null: not known. */
  private readonly playedSignal = signal<string | null>(null);
  private readonly wishes = new Map<string, Wish<unknown>>();
  private readonly clock: Clock;

  constructor(api: Api, clock: Clock) {
    this.api = api;
    this.clock = clock;
    this.state = this.stateSignal;
    this.link = this.linkSignal;
    this.lines = this.linesSignal;
    this.changes = this.changesSignal;
    this.responses = this.responsesSignal;
    this.sample = this.sampleSignal;
    this.isReader = this.isReaderSignal;
    this.canCommand = computed(() => {
      const link = this.linkSignal.value;
      return link.kind === 'live' && link.rights === 'all' && this.stateSignal.value?.phase !== 'ended';
    });
    this.canSave = computed(() => this.linkSignal.value.kind === 'live' || this.playedSignal.value !== null);
  }

  /** What was played until now, or until the end, as YAML. */
  async scenario(): Promise<string> {
    return this.playedSignal.value ?? this.api.scenario();
  }

  connection(connection: Connection): void {
    this.linkSignal.value = connection;
    if (connection.kind === 'live') this.isReaderSignal.value = connection.rights === 'read';
  }

  another(): void {
    batch(() => {
      this.forget();
    });
  }

  message(message: StreamMessage): void {
    batch(() => {
      this.take(message);
    });
  }

  /**
   * The wish of a control: there is one as long as its VM is there, so that a command that is under way isn't lost
   * when the control is drawn anew.
   * @param make gives the command for a value
   */
  wish<T>(key: string, make: (value: T) => Readonly<Record<string, unknown>>): Wish<T> {
    const known = this.wishes.get(key) as Wish<T> | undefined;
    if (known !== undefined) return known;
    const wish = new Wish<T>((value) => this.api.command(make(value)), this.clock, refusalOf);
    this.wishes.set(key, wish as Wish<unknown>);
    return wish;
  }

  /**
   * The number of its colour. A VM that got another workload lives on as NAME.2, and has the colour that it had.
   */
  colorOf({ id, name }: VmState): number {
    const family = name.replace(/\.\d+$/, '');
    const first = this.firstLives.get(family);
    if (first !== undefined) return Math.min(first, id) - 1;
    if (this.firstLives.size < MOST_VCPUS) this.firstLives.set(family, id);
    return id - 1;
  }

  get wishCount(): number {
    return this.wishes.size;
  }

  private take(message: StreamMessage): void {
    switch (message.kind) {
      case 'state':
        this.takeState(message.state);
        break;
      case 'slices':
        this.slices.add(message.slices, message.untilNs);
        this.head.learn(message.untilNs, this.clock.nowMs());
        break;
      case 'shares':
        this.shares.add(message.atNs, message.percent, this.stateSignal.value?.vms ?? []);
        this.sampleSignal.value++;
        break;
      case 'change':
        this.takeChange(message.change);
        break;
      case 'words':
        this.tell(message.atNs, message.text);
        break;
      case 'step':
        this.takeResponse(message.response);
        break;
      case 'end':
        this.tell(message.atNs, 'The run has ended.');
        if (!this.isReader.value) void this.keepPlayed();
        break;
    }
  }

  private takeState(state: HostState): void {
    if (this.slices.lanes.length !== state.pcpus.length) this.slices = new SliceStore(state.pcpus.length);
    this.stateSignal.value = state;
    for (const vm of state.vms)
      for (const [index, { id, number }] of vm.vcpus.entries()) {
        const name = vm.vcpus.length === 1 ? vm.name : id;
        this.vcpus.set(number, { id, name, color: this.colorOf(vm), index });
      }
    for (const number of this.vcpus.keys()) {
      if (this.vcpus.size <= MOST_VCPUS) break;
      this.vcpus.delete(number);
    }
    const known = this.changesSignal.value.at(-1)?.number ?? 0;
    const latest = state.changes.at(-1)?.number ?? 0;
    if (latest !== known) {
      this.changesSignal.value = state.changes;
      this.forgetResponses(state.changes);
    }
    const isThere = new Set(
      state.vms.filter(({ phase }) => phase !== 'destroyed').map(({ id }) => `vm${String(id)}`),
    );
    for (const [key, wish] of this.wishes) {
      const [owner] = key.split('/');
      if (owner !== 'host' && !isThere.has(owner)) {
        wish.giveUp();
        this.wishes.delete(key);
      } else wish.see(latest);
    }
  }

  /** The host may be gone as soon as its files are written. */
  private async keepPlayed(): Promise<void> {
    this.playedSignal.value = await this.api.scenario().catch(() => null);
  }

  private forget(): void {
    this.slices = new SliceStore(this.slices.lanes.length);
    this.shares = new ShareHistory();
    this.vcpus.clear();
    this.firstLives.clear();
    for (const wish of this.wishes.values()) wish.giveUp();
    this.wishes.clear();
    this.playedSignal.value = null;
    this.linesSignal.value = [];
    this.changesSignal.value = [];
    this.responsesSignal.value = new Map();
  }

  private takeChange(change: Change): void {
    this.tell(change.atNs, change.words);
    const changes = this.changesSignal.value.filter(({ number }) => number !== change.number);
    this.changesSignal.value = [...changes, change].slice(-MOST_CHANGES);
    this.forgetResponses(this.changesSignal.value);
  }

  private takeResponse(response: StepResponse): void {
    const { number, vm } = response;
    const others = (this.responsesSignal.value.get(number) ?? []).filter((each) => each.vm !== vm);
    this.responsesSignal.value = new Map(this.responsesSignal.value).set(number, [...others, response]);
    this.forgetResponses(this.changesSignal.value);
  }

  private forgetResponses(changes: readonly Change[]): void {
    const all = this.responsesSignal.value;
    const first = changes.at(0)?.number ?? 0;
    const kept = [...all].filter(([number]) => number >= first);
    if (kept.length < all.size) this.responsesSignal.value = new Map(kept);
  }

  private tell(atNs: number, text: string): void {
    this.linesSignal.value = [{ atNs, text }, ...this.linesSignal.value].slice(0, MOST_LINES);
  }
}

/** Those that can be seen and turned. */
export function presentVms({ vms }: HostState): readonly VmState[] {
  return vms.filter(({ phase }) => phase !== 'destroyed');
}
