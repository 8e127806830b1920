import { constants, accessSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readNumber, readText } from '../base/files.ts';

/** The files of /proc and /sys below a root. What can't be read is null; nothing throws. */
export class HostFiles {
  private readonly root: string;

  /** @param root `/`, or an invented host's */
  constructor(root: string) {
    this.root = root;
  }

  /** @returns the content without white space around it; null: not there, or not for this user */
  text(path: string): string | null {
    return readText(join(this.root, path));
  }

  /** @returns null too when it isn't a number */
  number(path: string): number | null {
    return readNumber(join(this.root, path));
  }

  /** Names in a folder; null: not there, or not for this user. */
  names(path: string): readonly string[] | null {
    try {
      return readdirSync(join(this.root, path));
    } catch {
      return null;
    }
  }

  exists(path: string): boolean {
    return this.allows(path, constants.F_OK);
  }

  isWritable(path: string): boolean {
    return this.allows(path, constants.W_OK);
  }

  private allows(path: string, mode: number): boolean {
    try {
      accessSync(join(this.root, path), mode);
      return true;
    } catch {
      return false;
    }
  }
}

/** The value behind `Name:` in a file such as /proc/self/status. */
export function fieldOf(text: string | null, name: string): string | null {
  return new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(text ?? '')?.[1].trim() ?? null;
}
