import { filesIn } from './byte-scan.ts';
import { readFileSync } from 'node:fs';

const KEY_BYTES = 32;
/** Of ten thousand million random keys about one has four zeros in a row: what has is the empty part of a file. */
const ZEROS = Buffer.alloc(4);
/** A key in hex or base64 is no shorter. */
const ENCODED = /[\w+/-]{43,}/g;

/** Every 32 bytes in a row that stand in a file of a folder, wherever they begin: whatever may be a key, and nobody told. */
export function* everyKeyIn(folder: string): Generator<Buffer> {
  for (const file of filesIn(folder)) {
    const bytes = readFileSync(file);
    yield* windowsOf(bytes);
    for (const [text] of bytes.toString('latin1').matchAll(ENCODED))
      for (const encoding of ['hex', 'base64'] as const)
        yield* windowsOf(Buffer.from(text, encoding));
  }
}

function* windowsOf(bytes: Buffer): Generator<Buffer> {
  let zeros = bytes.indexOf(ZEROS);
  for (let start = 0; start + KEY_BYTES <= bytes.length; start += 1) {
    if (zeros !== -1 && zeros < start) zeros = bytes.indexOf(ZEROS, start);
    if (zeros === -1 || zeros + ZEROS.length > start + KEY_BYTES)
      yield bytes.subarray(start, start + KEY_BYTES);
  }
}
