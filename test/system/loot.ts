import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createPayloadCodec } from '../../lib/temporal/payload-codec.ts';
import { withRing } from './attacker.ts';
import { backup } from './backups.ts';
import type { Whole } from './conversing.ts';
import { openedPayloads } from './count-payloads.ts';
import { dumpOf } from './dump.ts';
import type { Dump } from './dump.ts';
import { namespacesOf } from './processes.ts';

/** What somebody took at one moment: the database and the keys, and a backup of each. */
export interface Loot {
  dump: Dump;
  keyFolder: string;
  backupFolder: string;
}

/** The folder with the keys of the installation. */
export function keyFolderOf({ servers }: Pick<Whole, 'servers'>): string {
  return path.join(servers.folder, 'mayfly', 'keys');
}

/** Takes a copy of everything, to a folder of the thief's own. */
export async function rob(mayfly: Whole, home: string): Promise<Loot> {
  const [keyFolder, backupFolder] = [path.join(home, 'keys'), path.join(home, 'backup')];
  await backup(mayfly, backupFolder);
  cpSync(keyFolderOf(mayfly), keyFolder, { recursive: true });
  return { dump: await dumpOf(mayfly.db), keyFolder, backupFolder };
}

/** Writes what Temporal has, opened, to a folder. */
export async function openHistories({ servers }: Whole, keyFolder: string, into: string) {
  mkdirSync(into);
  const codec = createPayloadCodec(withRing(keyFolder, (ring) => ring.secret('payload codec')));
  const connection = await Connection.connect({ address: servers.temporalAddress });
  for (const namespace of Object.values(namespacesOf('mayfly'))) {
    const opened = await openedPayloads(new Client({ connection, namespace }), codec);
    writeFileSync(path.join(into, namespace), opened);
  }
  await connection.close();
}
