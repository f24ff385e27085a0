import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const LIMIT_BYTES = 10 * 1024 * 1024;
const TAIL_LINES = 20;

/** The log of one child: a file that stays bounded, and its last lines at hand. */
export interface LogFile {
  path: string;
  write(line: string): void;
  lastLines(): string[];
}

/** Appends to `file`. Past `limitBytes` (10 MB) it becomes `file.1`, which replaces the one before, and a new one begins. */
export function openLogFile(file: string, limitBytes: number = LIMIT_BYTES): LogFile {
  let descriptor = openSync(file, 'a', 0o600);
  let size = fstatSync(descriptor).size;
  let tail: string[] = [];
  return {
    path: file,
    write: (line) => {
      if (size >= limitBytes) {
        closeSync(descriptor);
        renameSync(file, `${file}.1`);
        descriptor = openSync(file, 'a', 0o600);
        size = 0;
      }
      // Written before the call returns: a crash of this process then loses nothing.
      size += writeSync(descriptor, `${line}\n`);
      tail = [...tail, line].slice(-TAIL_LINES);
    },
    lastLines: () => tail,
  };
}
