import type { Checkpoint, LedgerEntry } from '../../domain/ledger.ts';
import type { JwkSet } from '../../lib/crypto/jwk-set.ts';
import { readCheckpoint } from '../../lib/crypto/ledger-checkpoint.ts';
import type { StoredCheckpoint } from './ledger-checkpoints.ts';

/** A checkpoint that is believed, or why it is not. */
type Reading = { checkpoint: Checkpoint } | { problem: string };
type Place = 'in the database' | 'outside the database';

/** The checkpoints that one place keeps, held against the entries of the ledger as these go by. */
export class CheckpointTrail {
  /** Checkpoints that agreed with the ledger so far. */
  count = 0;
  lastAt: string | null = null;
  readonly #readings: AsyncGenerator<Reading, void, undefined>;
  readonly #place: Place;
  /** Read but not yet passed by; null at the end, undefined when it is still to be read. */
  #next: Reading | null | undefined;
  /** The first entry of the action "checkpoint" for which this place has no statement. */
  #lacking: number | null = null;

  private constructor(readings: AsyncGenerator<Reading, void, undefined>, place: Place) {
    this.#readings = readings;
    this.#place = place;
  }

  static inDatabase(rows: AsyncIterable<StoredCheckpoint>, jwks: JwkSet): CheckpointTrail {
    return new CheckpointTrail(readRows(rows, jwks), 'in the database');
  }

  static outside(lines: AsyncIterable<string>, jwks: JwkSet): CheckpointTrail {
    return new CheckpointTrail(readLines(lines, jwks), 'outside the database');
  }

  /** What this place's checkpoints say against an entry; null when nothing. */
  async problemAt(entry: LedgerEntry): Promise<string | null> {
    const next = await this.#peek();
    if (next !== null && 'problem' in next) return next.problem;
    if (next === null || next.checkpoint.position > entry.position) return this.#passWithout(entry);
    this.#next = undefined;
    const { position, hash, at } = next.checkpoint;
    if (position < entry.position) return this.#swappedProblem(position);
    if (hash !== entry.hash) {
      return `entry ${position} contradicts its checkpoint ${this.#place}, signed at ${at}: the ledger was rewritten since (a fork)`;
    }
    // The newest may not have been copied yet; one in the middle has been taken out.
    if (this.#lacking !== null) return this.#lackingOrLater(this.#lacking);
    this.count += 1;
    this.lastAt = at;
    return null;
  }

  /** What they say against the ledger's ending here. */
  async problemAfter(last: number): Promise<string | null> {
    const next = await this.#peek();
    if (next !== null && 'problem' in next) return next.problem;
    if (next !== null) {
      const { position, at } = next.checkpoint;
      return `the ledger ends at entry ${last}, but its checkpoint ${this.#place}, signed at ${at}, is of entry ${position}: entries at the end are missing`;
    }
    if (this.#lacking !== null && this.count === 0) return this.#lackingProblem(this.#lacking);
    return null;
  }

  #passWithout(entry: LedgerEntry): string | null {
    if (entry.action !== 'checkpoint') return null;
    if (this.#place === 'in the database') return this.#lackingProblem(entry.position);
    this.#lacking ??= entry.position;
    return null;
  }

  /** What is missing where it belongs may stand further on. */
  async #lackingOrLater(position: number): Promise<string> {
    const next = await this.#peek();
    const isLater = next !== null && 'checkpoint' in next && next.checkpoint.position === position;
    return isLater ? this.#swappedProblem(position) : this.#lackingProblem(position);
  }

  #swappedProblem(position: number): string {
    return `the checkpoint of entry ${position} ${this.#place} stands behind later ones: checkpoints were swapped`;
  }

  #lackingProblem(position: number): string {
    return `the checkpoint of entry ${position} is missing ${this.#place}`;
  }

  async #peek(): Promise<Reading | null> {
    if (this.#next === undefined) {
      const read = await this.#readings.next();
      this.#next = read.done === true ? null : read.value;
    }
    return this.#next;
  }
}

async function* readRows(
  rows: AsyncIterable<StoredCheckpoint>,
  jwks: JwkSet,
): AsyncGenerator<Reading, void, undefined> {
  for await (const { position, keyId, statement } of rows) {
    const reading = await readCheckpoint(statement, jwks);
    const which = `the checkpoint that the database keeps of entry ${position}`;
    if (!reading.isGenuine) yield { problem: `${which} is not to be believed: ${reading.fault}` };
    else if (reading.checkpoint.position !== position) {
      yield {
        problem: `${which} is the one of entry ${reading.checkpoint.position}: checkpoints were swapped`,
      };
    } else if (reading.kid !== keyId)
      yield { problem: `${which} is filed under a key that did not sign it` };
    else yield { checkpoint: reading.checkpoint };
  }
}

async function* readLines(
  lines: AsyncIterable<string>,
  jwks: JwkSet,
): AsyncGenerator<Reading, void, undefined> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const reading = await readCheckpoint(line, jwks);
    yield reading.isGenuine
      ? { checkpoint: reading.checkpoint }
      : {
          problem: `checkpoint ${number} outside the database is not to be believed: ${reading.fault}`,
        };
  }
}
