import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Finding, Form } from './byte-scan.ts';

/** The kinds of places on the disk, each with what the path of its files begins with. */
export const PLACES = {
  'a row of Postgres': 'postgres/base/',
  'the write-ahead log of Postgres': 'postgres/pg_wal/',
  'the log of Postgres': 'postgres.log',
  'the database of Temporal': 'temporal/temporal.db',
  'the log of Temporal': 'logs/temporal.log',
  'the log of the api': 'logs/mayfly-api.log',
  'the log of the worker': 'logs/mayfly-worker.log',
  'the folder of the keys': 'mayfly/keys/',
} as const;

const LOGS = ['postgres.log', 'logs/temporal.log', 'logs/mayfly-api.log', 'logs/mayfly-worker.log'];

/** Databases break what they write at the ends of their pages: of three copies one is whole. */
const COPIES = 3;

/** Writes every form, unsealed, into every kind of place: what a defect could do. */
export async function plantEverywhere(
  forms: readonly Form[],
  { folder, database, temporal }: { folder: string; database: pg.Client; temporal: Client },
): Promise<void> {
  await database.query('CREATE TABLE mayfly.planted (bytes bytea)');
  for (let copy = 0; copy < COPIES; copy += 1) {
    for (const { bytes } of forms)
      await database.query('INSERT INTO mayfly.planted VALUES ($1)', [bytes]);
    await temporal.workflow.start('planted', {
      taskQueue: 'nobody',
      workflowId: `planted-${copy}`,
      memo: Object.fromEntries(
        forms.map(({ bytes }, index) => [`${copy}-${index}`, new Uint8Array(bytes)]),
      ),
    });
  }
  const lines = forms.map(({ bytes }) =>
    Buffer.concat([Buffer.from('{"msg":"'), bytes, Buffer.from('"}\n')]),
  );
  for (const log of LOGS) appendFileSync(path.join(folder, log), Buffer.concat(lines));
  writeFileSync(path.join(folder, 'mayfly/keys/planted'), Buffer.concat(lines));
}

/** What was planted in one kind of place and not found there. */
export function unseenIn(
  place: string,
  planted: readonly Form[],
  findings: readonly Finding[],
): string[] {
  const found = findings.filter(({ file }) => file.startsWith(place));
  return planted
    .filter(({ secret, form }) => !found.some((one) => one.secret === secret && one.form === form))
    .map(({ secret, form }) => `${secret}: ${form}`);
}
