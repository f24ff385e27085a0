import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { appendCheckpoints } from './checkpoint-file.ts';

/** A guard against late webhooks: a hash under the key of a day that is destroyed after eight days. */
export interface Stone {
  day: number;
  hash: string;
  erasedAt: string;
}

/** One erasure, as a restore must repeat it: a random id that means nobody any more, a time, and the guards. */
export interface ListedErasure {
  subjectId: string;
  at: string;
  stones: Stone[];
}

const line = z.strictObject({
  subjectId: z.uuid(),
  at: z.iso.datetime(),
  stones: z.array(
    z.strictObject({
      day: z.int(),
      hash: z.string().regex(/^[0-9a-f]+$/),
      erasedAt: z.iso.datetime(),
    }),
  ),
});

/** Where the list of erasures is kept outside the database when no setting says so: beside the key ring. */
export function erasureListFileOf(settings: {
  ERASURE_LIST_FILE?: string | undefined;
  KEY_RING_FILE: string;
}): string {
  return settings.ERASURE_LIST_FILE ?? join(dirname(settings.KEY_RING_FILE), 'erasure-list');
}

/**
 * Who was erased, outside the database: a key backup from before still holds their key, and a restore must not bring
 * them back (policy D4). Appended to and synced before a key is destroyed, so that everybody whose key is destroyed is
 * on the list.
 */
export function appendErasure(file: string, erasure: ListedErasure): void {
  appendCheckpoints(file, [JSON.stringify(erasure)]);
}

/** Makes an empty list when there is none, so that a lost list can be told from an empty one. */
export function ensureErasureList(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

/** The list in its order; empty when there is no file. A line that a crash cut short is passed over: it was written again. */
export function readErasures(file: string): ListedErasure[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((text) => {
    const parsed = line.safeParse(parsedJson(text));
    return parsed.success ? [parsed.data] : [];
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
