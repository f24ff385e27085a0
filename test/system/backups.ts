import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { readKeyBackup } from '../../backup/key-backup.ts';
import type { PeopleKeys } from '../../backup/key-backup.ts';
import { KEY_BACKUP_FILE, readManifest } from '../../backup/manifest.ts';
import { BackupKeys } from '../../lib/crypto/backup-keys.ts';
import type { Whole } from './conversing.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Bytes as they stand in a line of JSON: those of a column in hex, keys in base64. */
const ENCODED = /"\\\\x([0-9a-f]+)"|"([\w+/]+=*)"/g;

/** `npm run backup`, into a folder that is not there yet. */
export async function backup(
  { servers, settings }: Pick<Whole, 'servers' | 'settings'>,
  folder: string,
): Promise<void> {
  const env = { ...settings, DATABASE_URL: servers.connectionString('mayfly') };
  await promisify(execFile)(process.execPath, [path.join(ROOT, 'backup/backup.ts'), folder], {
    env,
  });
}

/** The keys of people in a key backup; null when there is no key any more that opens it. */
export async function keysInBackup(
  folder: string,
  { keyFolder, now }: { keyFolder: string; now: Date },
): Promise<PeopleKeys['keys'] | null> {
  const { id, keys } = readManifest(folder);
  const key = new BackupKeys(path.join(keyFolder, 'backup-keys')).find(
    { generation: keys.keyGeneration, madeAt: new Date(keys.keyMadeAt) },
    now,
  );
  if (key === null) return null;
  const found: PeopleKeys['keys'] = [];
  for await (const frame of readKeyBackup(path.join(folder, KEY_BACKUP_FILE), key, id))
    if ('people' in frame) found.push(...frame.people.keys);
  return found;
}

/** Writes what is in a backup so that a scan can read it: unpacked, opened, and with the bytes that its texts stand for. */
export async function unpackBackup(
  folder: string,
  { keyFolder, into }: { keyFolder: string; into: string },
): Promise<void> {
  mkdirSync(into);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.gz')))
    writeDecoded(path.join(into, name), gunzipSync(readFileSync(path.join(folder, name))));
  const keys = await keysInBackup(folder, { keyFolder, now: new Date() });
  const texts = keys?.map((one) => ({ ...one, key: one.key.toString('base64') }));
  writeDecoded(path.join(into, KEY_BACKUP_FILE), Buffer.from(JSON.stringify(texts)));
}

function writeDecoded(file: string, text: Buffer): void {
  const decoded = [...text.toString('latin1').matchAll(ENCODED)].flatMap(([, hex, base64]) => [
    hex === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(hex, 'hex'),
    Buffer.from('\n'),
  ]);
  writeFileSync(file, Buffer.concat([text, ...decoded]));
}
