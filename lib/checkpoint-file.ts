import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Longer than any two lines of the file. */
const TAIL_BYTES = 8_192;

/** Where checkpoints are kept outside the database when no setting says so: beside the key ring. */
export function checkpointFileOf(settings: {
  LEDGER_CHECKPOINT_FILE?: string | undefined;
  KEY_RING_FILE: string;
}): string {
  return (
    settings.LEDGER_CHECKPOINT_FILE ?? join(dirname(settings.KEY_RING_FILE), 'ledger-checkpoints')
  );
}

/**
 * Adds statements, one a line, and returns when they are on the disk. The file is only ever appended to, so that it can
 * be made append-only for its writer (chattr +a), or be a pipe's end on another machine's disk.
 */
export function appendCheckpoints(file: string, statements: readonly string[]): void {
  if (statements.length === 0) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const isCut = endsInMidLine(file);
  const descriptor = openSync(file, 'a', 0o600);
  try {
    // A line that a crash cut short stays as it is; the whole line follows it.
    const lines = Buffer.from(`${isCut ? '\n' : ''}${statements.join('\n')}\n`);
    for (let written = 0; written < lines.length;) written += writeSync(descriptor, lines, written);
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function endsInMidLine(file: string): boolean {
  const tail = readTail(file);
  return tail !== '' && !tail.endsWith('\n');
}

/** The last whole line; null when there is none, or no file. */
export function lastCheckpointLine(file: string): string | null {
  const whole = readTail(file).split('\n').slice(0, -1);
  return whole.findLast((line) => line !== '') ?? null;
}

function readTail(file: string): string {
  if (!existsSync(file)) return '';
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The statements of the file in their order, without lines that are there twice or were cut short and written again;
 * null when there is no file. What is appended after this call is left out.
 */
export function readCheckpoints(file: string): AsyncGenerator<string, void, undefined> | null {
  if (!existsSync(file)) return null;
  return wholeLines(file, statSync(file).size);
}

async function* wholeLines(file: string, size: number): AsyncGenerator<string, void, undefined> {
  if (size === 0) return;
  const input = createReadStream(file, { encoding: 'utf8', end: size - 1 });
  let held: string | null = null;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line === '') continue;
    // A line with which the next one begins was cut short, or is the same line.
    if (held !== null && !line.startsWith(held)) yield held;
    held = line;
  }
  if (held !== null) yield held;
}
