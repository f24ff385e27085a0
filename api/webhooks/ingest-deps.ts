import type { Language } from '../../domain/assistant.ts';
import type { WebhookEvent } from '../../domain/events.ts';
import type { CodeHash } from '../../lib/crypto/request-codes.ts';
import type { Database } from '../../store/database.ts';
import type { People } from '../../store/people/people.ts';
import type { Tombstones } from '../../store/erasure/tombstones.ts';

/** What became of an event; a fixed word, for counting. */
export type EventResult =
  | 'stored'
  | 'repeated'
  | 'recorded'
  | 'failed afterwards'
  | 'duplicate confirmed'
  | 'erased'
  | 'taken over'
  | 'not ours'
  | 'of no use'
  | 'too late';

export interface IngestDeps {
  db: Database;
  people: People;
  tombstones: Tombstones;
  codeHash: CodeHash;
  /** In which commands are understood. */
  languages: readonly Language[];
  humanPauseMs: number;
}

/** What is to be done once the transaction has committed. */
export interface AfterCommit {
  /** Subjects whose conversation has no wake outstanding. */
  toWake: Set<string>;
  /** Subjects whose conversation waits for what was learned of a send. */
  settled: Set<string>;
  /** Privacy requests that were confirmed. */
  confirmed: Set<string>;
}

export type EventOf<Type extends WebhookEvent['type']> = Extract<WebhookEvent, { type: Type }>;
