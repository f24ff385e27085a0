import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createErasureActivities } from '../../activities/erasure-activities.ts';
import { restoreBackup } from '../../backup/restore-backup.ts';
import type { RestoreOptions } from '../../backup/open-backup.ts';
import { writeBackup } from '../../backup/write-backup.ts';
import { BackupKeys } from '../../lib/crypto/backup-keys.ts';
import { createKeyRing, FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import { RING_DISK } from '../../lib/crypto/ring-disk.ts';
import type { RingDisk } from '../../lib/crypto/ring-disk.ts';
import { ensureSigningKeys } from '../../lib/crypto/signing-keys.ts';
import { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import { ensureErasureList } from '../../lib/erasure-list.ts';
import { connectDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { People } from '../../store/people/people.ts';
import { createServingGuard } from '../../store/serving-guard.ts';
import { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import { insertSilentPeople } from '../support/silent-people.ts';
import type { SilentPerson } from '../support/silent-people.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { copyOfDatabase, testDatabase } from '../support/test-postgres.ts';
import type { TestDatabase } from '../support/test-postgres.ts';

export const HOUR_MS = 3_600_000;
const logger = new DefaultLogger('ERROR');

/** Nobody here has a conversation that runs. */
const noConversations = {
  options: { namespace: 'none' },
  workflow: {
    list: async function* () {
      // There is nothing to list.
    },
    count: async () => ({ count: 0, groups: [] }),
    getHandle: () => ({
      describe: () => Promise.reject(new WorkflowNotFoundError('not here', 'none', undefined)),
    }),
  },
} as unknown as Client;

const home = temporaryFolder();
let placesMade = 0;
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

export type ErasureStep = 'fenced' | 'key destroyed' | 'rescanned';

/** What can be lost one by one: a database, a key ring, and the files beside it. */
export async function createPlace() {
  placesMade += 1;
  const folder = join(home, `place-${placesMade}`);
  mkdirSync(folder);
  const files = {
    ringFile: join(folder, 'ring'),
    rootKeyFile: join(folder, 'root'),
    signingKeyFile: join(folder, 'signing-keys.json'),
    backupKeyFile: join(folder, 'backup-keys'),
    checkpointFile: join(folder, 'ledger-checkpoints'),
    erasureListFile: join(folder, 'erasure-list'),
  };
  const opened: { db: Database; drop: () => Promise<void> }[] = [];
  const newDatabase = async () => {
    const { connectionString, drop } = await testDatabase();
    const { db } = connectDatabase({
      connectionString,
      maxConnections: 4,
      onIdleError: () => undefined,
    });
    opened.push({ db, drop });
    return { db, connectionString };
  };
  createKeyRing(files);
  await ensureSigningKeys(files.signingKeyFile, new Date());
  ensureErasureList(files.erasureListFile);
  let { db, connectionString } = await newDatabase();
  let ring = FileKeyRing.open(files);
  closing.push(async () => {
    ring.close();
    for (const one of opened) await one.db.destroy();
    for (const one of opened) await one.drop();
  });
  let made = 0;
  const lines: string[] = [];
  const report = (line: string) => void lines.push(line);
  const backupKeys = new BackupKeys(files.backupKeyFile);

  const place = {
    files,
    lines,
    backupKeys,
    db: () => db,
    ring: () => ring,
    connectionString: () => connectionString,
    add: (count: number, bucket?: number): Promise<SilentPerson[]> =>
      insertSilentPeople(db, ring, {
        ...{ count, days: 1 },
        ...(bucket === undefined ? {} : { bucket }),
      }),

    /** Writes a backup, and returns its folder. */
    backup: async (scope: 'data and keys' | 'keys' = 'data and keys', now = new Date()) => {
      made += 1;
      const target = join(folder, 'backups', `backup-${made}`);
      const { signingKeyFile } = files;
      await writeBackup(
        { db, ring, backupKeys, signingKeyFile, report },
        { folder: target, scope, now },
      );
      return target;
    },

    restore: (
      options: Partial<RestoreOptions>,
      { disk = RING_DISK, wrapped = db }: { disk?: RingDisk; wrapped?: Database } = {},
    ) => {
      const dyingRing = disk === RING_DISK ? ring : FileKeyRing.open(files, disk);
      return restoreBackup(
        { ...files, db: wrapped, ring: dyingRing, backupKeys, report },
        {
          folder: null,
          keysFolder: null,
          replaces: false,
          isPutBack: false,
          listIsLost: false,
          now: new Date(),
          ...options,
        },
      );
    },

    /** As the worker does it, up to a step or to its end. */
    erase: async (subjectId: string, until: ErasureStep = 'rescanned') => {
      const { erasureListFile } = files;
      const act = createErasureActivities({
        db,
        ring,
        cache: new SubjectKeyCache({ capacity: 1, now: () => Infinity }),
        tombstones: new Tombstones(ring),
        erasureListFile,
        conversations: noConversations,
      });
      const run = <Input, Output>(
        step: (input: Input) => Promise<Output>,
        input: Input,
      ): Promise<Output> => new MockActivityEnvironment({}, { logger }).run(step, input);
      const fence = await run(act.fence, { subjectId });
      if (until === 'fenced') return;
      await run(act.beginDestroying, { subjectId });
      await run(act.destroyKey, { subjectId, buckets: fence?.buckets ?? [] });
      if (until === 'key destroyed') return;
      await run(act.eraseEveryRow, { subjectId });
      await run(act.rescanStores, { subjectId });
    },

    disconnect: async () => {
      await db.destroy();
    },
    connect: () => {
      ({ db } = connectDatabase({
        connectionString,
        maxConnections: 4,
        onIdleError: () => undefined,
      }));
      opened.push({ db, drop: () => Promise.resolve() });
    },
    /** A copy of the database as it is now, as a snapshot of its disk would be. */
    snapshot: async (): Promise<TestDatabase> => {
      await db.destroy();
      const copy = await copyOfDatabase(connectionString);
      opened.push({ db, drop: copy.drop });
      place.connect();
      return copy;
    },
    /** The copy takes the place of the database, and no tool of ours is told. */
    putBack: async (copy: TestDatabase) => {
      await db.destroy();
      ({ connectionString } = copy);
      place.connect();
    },
    /** What a process of Mayfly meets that wants to serve from here. */
    serve: async (guard = createServingGuard(ring, files.erasureListFile)) => {
      const { pool } = connectDatabase({
        connectionString,
        maxConnections: 1,
        onIdleError: () => undefined,
        verify: guard,
      });
      try {
        await pool.query('SELECT');
      } finally {
        await pool.end();
      }
    },
    loseDatabase: async () => void ({ db, connectionString } = await newDatabase()),

    /** The ring and its root key are gone, and new ones were made, as the command does it. */
    loseRing: () => {
      ring.close();
      rmSync(files.ringFile);
      rmSync(files.rootKeyFile);
      createKeyRing(files);
      ring = FileKeyRing.open(files);
    },

    /** The text that somebody wrote, found and opened by who they are; null when they are not there. */
    read: ({ reference, messageId }: SilentPerson): Promise<string | null> =>
      inTransaction(db, async (trx) => {
        const people = new People({
          ring,
          cache: new SubjectKeyCache({ capacity: 1, now: () => Infinity }),
        });
        const cipher = await people.find(trx, reference);
        if (cipher === null) return null;
        const row = await trx
          .selectFrom('mayfly.messages')
          .select('sealed_text')
          .where('id', '=', messageId)
          .executeTakeFirst();
        return row?.sealed_text == null
          ? 'no text'
          : cipher.open('messages.sealed_text', messageId, row.sealed_text);
      }),

    /** Whether a message that somebody sent before they were erased would be dropped. */
    isGuarded: ({ reference }: SilentPerson): Promise<boolean> =>
      inTransaction(db, async (trx) => {
        const tombstones = new Tombstones(ring);
        const marks = tombstones.marksOf(reference);
        const stoneOf = await tombstones.find(trx, marks);
        return marks.some((mark) => stoneOf(mark) !== null);
      }),
  };
  return place;
}

export const TEXT = 'hello there, are you open on Sunday?';
