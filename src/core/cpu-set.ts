/**
 * A set of pCPUs as bits in 32-bit words, with the cyclic search that Xen's placement and balancing are built
 * on.
 */
export class CpuSet {
  /** How many pCPUs there are; members are 0..size − 1. */
  readonly size: number;
  private readonly words: Int32Array;
  private members = 0;

  constructor(size: number) {
    this.size = size;
    this.words = new Int32Array((size + 31) >>> 5);
  }

  static of(size: number, members: Iterable<number>): CpuSet {
    const set = new CpuSet(size);
    for (const cpu of members) set.add(cpu);
    return set;
  }

  static full(size: number): CpuSet {
    const set = new CpuSet(size);
    for (let cpu = 0; cpu < size; cpu++) set.add(cpu);
    return set;
  }

  /** How many pCPUs are in the set. */
  get count(): number {
    return this.members;
  }

  has(cpu: number): boolean {
    return (this.words[cpu >>> 5] & (1 << (cpu & 31))) !== 0;
  }

  add(cpu: number): void {
    if (this.has(cpu)) return;
    this.words[cpu >>> 5] |= 1 << (cpu & 31);
    this.members++;
  }

  delete(cpu: number): void {
    if (!this.has(cpu)) return;
    this.words[cpu >>> 5] &= ~(1 << (cpu & 31));
    this.members--;
  }

  /** Have the same members as another set of the same size. */
  assign(other: CpuSet): void {
    this.words.set(other.words);
    this.members = other.members;
  }

  /** Have the members that two sets of the same size share. */
  assignCommon(one: CpuSet, other: CpuSet): void {
    let members = 0;
    for (let word = 0; word < this.words.length; word++) {
      const bits = one.words[word] & other.words[word];
      this.words[word] = bits;
      members += countBits(bits);
    }
    this.members = members;
  }

  /** The lowest member, or −1. */
  first(): number {
    return this.members === 0 ? -1 : this.searchUp(this, 0);
  }

  /** The next member after a pCPU, cyclically: the pCPU itself comes last. −1 if the set is empty. */
  next(after: number): number {
    return this.nextCommon(this, after);
  }

  /** The next pCPU after this one, cyclically, that is in both sets, or −1. */
  nextCommon(other: CpuSet, after: number): number {
    if (this.members === 0 || other.members === 0) return -1;
    const above = this.searchUp(other, after + 1);
    return above >= 0 ? above : this.searchUp(other, 0);
  }

  private searchUp(other: CpuSet, from: number): number {
    if (from >= this.size) return -1;
    const { words } = this;
    let word = from >>> 5;
    let bits = words[word] & other.words[word] & (-1 << (from & 31));
    while (bits === 0) {
      if (++word === words.length) return -1;
      bits = words[word] & other.words[word];
    }
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }
}

/** How many bits of a word are set: added up in pairs, then nibbles, then bytes. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Hard affinity: for each vCPU the set of pCPUs it may run on. vCPUs with the same pins share one set. */
export class Affinity {
  private readonly pcpuCount: number;
  private readonly sets: CpuSet[];
  private readonly setOf: Int32Array;
  /** The place of a set among all sets, by its members. */
  private readonly known = new Map<string, number>();

  /**
   * @param pins per vCPU the allowed pCPUs, or null for all of them
   * @param room how many vCPUs there may be; those without pins may run everywhere
   */
  constructor(pcpuCount: number, pins: readonly (readonly number[] | null)[], room = pins.length) {
    this.pcpuCount = pcpuCount;
    this.sets = [CpuSet.full(pcpuCount)];
    this.setOf = new Int32Array(room);
    pins.forEach((pin, vcpu) => this.set(vcpu, pin));
  }

  /** @param pin null: all pCPUs */
  set(vcpu: number, pin: readonly number[] | null): void {
    this.setOf[vcpu] = pin === null ? 0 : this.placeOf(pin);
  }

  of(vcpu: number): CpuSet {
    return this.sets[this.setOf[vcpu]];
  }

  private placeOf(pin: readonly number[]): number {
    const key = [...new Set(pin)].sort((a, b) => a - b).join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const place = this.sets.push(CpuSet.of(this.pcpuCount, pin)) - 1;
    this.known.set(key, place);
    return place;
  }
}
