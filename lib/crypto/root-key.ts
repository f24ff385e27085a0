import { createDatedKeyFile, DatedKeyFile } from './dated-key-file.ts';
import type { DatedKey } from './dated-key-file.ts';
import type { RingDisk } from './ring-disk.ts';

/** Newest first: two only while the ring moves from one to the other. */
export type RootKeys = readonly [DatedKey, ...DatedKey[]];

/** The key that seals the whole ring, in a file of its own, readable by its owner alone (policy S2). */
export class RootKeyFile {
  readonly #file: DatedKeyFile;
  readonly #path: string;

  private constructor(file: DatedKeyFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  static open(path: string, disk: RingDisk): RootKeyFile {
    return new RootKeyFile(DatedKeyFile.open(path, disk), path);
  }

  close(): void {
    this.#file.close();
  }

  /** Read at each use: another process may have replaced it. */
  keys(): RootKeys {
    const [newest, ...older] = this.#file.keys();
    if (newest === undefined)
      throw new Error(`The root key file ${this.#path} holds no key: restore from a key backup.`);
    return [newest, ...older];
  }

  /** The next key, beside the one that everything is still sealed under. */
  add(now: Date): void {
    this.#file.add(now);
  }

  /** Overwrites the key before the newest. Only once nothing is sealed under it. */
  destroyOld(): void {
    const [newest] = this.keys();
    this.#file.destroyUnless(({ generation }) => generation === newest.generation);
  }

  /** Whether a replacement is not finished. */
  isBeingReplaced(): boolean {
    return this.#file.hasLeftover();
  }
}

/** Makes the first root key. There must be none yet, so that no ring can lose its root. */
export function createRootKey(path: string): void {
  createDatedKeyFile(path, 'with a key', new Date());
}
