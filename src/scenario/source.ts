/** Where a value in a scenario was written, whether in a file or in an option of the command line. */

export type Path = readonly (string | number)[];

export interface Location {
  /** orders mistakes by their place in the source */
  readonly offset: number;
  /** `file:line:col`, or an option's name */
  readonly where: string;
  readonly excerpt?: string;
}

export interface Source {
  /** the plain value, not yet validated */
  readonly value: unknown;
  /** the name of a scenario that doesn't give itself one */
  readonly defaultName: string;
  /** directory that relative workload paths start from */
  readonly baseDir: string;
  /**
   * Place of the value at this path, or of the key that leads to it. A path that isn't there gives its nearest parent.
   */
  locate(path: Path, part?: 'key' | 'value'): Location;
}
