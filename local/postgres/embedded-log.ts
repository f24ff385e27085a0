import { closeSync, fstatSync, openSync, readFileSync, truncateSync } from 'node:fs';

const LOG_LIMIT_BYTES = 5 * 1024 * 1024;

/** The server's log, opened for a new start: emptied when it has grown over 5 MB. */
export function openLog(file: string): {
  file: string;
  descriptor: number;
  /** Bytes written by earlier starts. */
  size: number;
  close(): void;
} {
  const descriptor = openSync(file, 'a', 0o600);
  if (fstatSync(descriptor).size > LOG_LIMIT_BYTES) {
    truncateSync(file);
  }
  return { file, descriptor, size: fstatSync(descriptor).size, close: () => closeSync(descriptor) };
}

/** What this start said last that explains its end: its last FATAL or PANIC line, else its last line. */
export function reasonIn(file: string, start: number): string {
  const lines = readFileSync(file).subarray(start).toString('utf8').trim().split('\n');
  const reason = lines.findLast((line) => /\b(FATAL|PANIC):/.test(line)) ?? lines.at(-1) ?? '';
  return reason.replace(/^.*?\b(?:FATAL|PANIC|LOG):\s*/, '') || `see ${file}`;
}
