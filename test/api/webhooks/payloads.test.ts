import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Channel } from '../../../domain/channels.ts';
import { TABLES } from '../../../domain/inventory.ts';
import { SubjectKeyCache } from '../../../lib/crypto/subject-key-cache.ts';
import { People } from '../../../store/people/people.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { ACCOUNTS, createInstallation } from '../../support/installation.ts';
import { payload, payloadNames } from '../../support/payloads.ts';
import type { PayloadFolder } from '../../support/payloads.ts';

/** What one recorded webhook must leave: what is counted, and everything that is stored, opened. */
interface Trace {
  counted: Record<string, number>;
  stored: string[];
}

const EXPECTED = JSON.parse(
  readFileSync(new URL('./payloads.expected.json', import.meta.url), 'utf8'),
) as Record<string, Trace>;
const ROUTES: Record<PayloadFolder, Channel> = {
  instagram: 'instagram',
  messenger: 'instagram',
  whatsapp: 'whatsapp',
};
const ALL = (['instagram', 'messenger', 'whatsapp'] as const).flatMap((folder) =>
  payloadNames(folder).map((name) => [`${folder}/${name}`, folder, name] as const),
);

const mayfly = await createInstallation();
const people = new People({
  ring: mayfly.ring,
  cache: new SubjectKeyCache({ capacity: 10, now: Date.now }),
});

beforeAll(() => mayfly.stopWorker());

async function post(folder: PayloadFolder, body: unknown): Promise<number> {
  const raw = JSON.stringify(body);
  const signature = `sha256=${createHmac('sha256', `${ROUTES[folder]}-app-secret`).update(raw).digest('hex')}`;
  const response = await fetch(mayfly.url(`/webhooks/${ROUTES[folder]}`), {
    method: 'POST',
    headers: { 'x-hub-signature-256': signature },
    body: raw,
  });
  return response.status;
}

async function counts(): Promise<Map<string, number>> {
  const metrics = await (await fetch(mayfly.url('/metrics'))).text();
  const lines = metrics.matchAll(
    /^mayfly_webhook_events_total\{channel="\w+",type="([^"]+)",result="([^"]+)"\} (\d+)$/gm,
  );
  const sums = new Map<string, number>();
  for (const [, type, result, value] of lines) {
    const name = `${type}: ${result}`;
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}

async function counted(work: () => Promise<void>): Promise<Record<string, number>> {
  const before = await counts();
  await work();
  const changed = [...(await counts())].map(
    ([name, value]) => [name, value - (before.get(name) ?? 0)] as const,
  );
  return Object.fromEntries(changed.filter(([, more]) => more > 0));
}

/** Forgets everybody, so that each webhook comes as the first: many are about the same person. */
async function empty(): Promise<void> {
  const tables = Object.entries(TABLES).filter(([, { eraser }]) => eraser.by === 'subject column');
  await sql`TRUNCATE ${sql.join(tables.map(([name]) => sql.table(name)))} CASCADE`.execute(
    mayfly.db,
  );
}

/** Everything about people that lies in the database, opened, one line a row. */
async function opened(): Promise<string[]> {
  return inTransaction(mayfly.db, async (trx) => {
    const subjects = await trx.selectFrom('mayfly.subjects').select('id').execute();
    const lines: string[] = [];
    for (const { id } of subjects) {
      const cipher = await people.cipher(trx, id);
      const known = await trx
        .selectFrom('keys.identifiers')
        .select('kind')
        .where('subject_id', '=', id)
        .execute();
      lines.push(
        `person known by ${known
          .map(({ kind }) => kind)
          .sort()
          .join(' and ')}`,
      );
      const messages = await trx
        .selectFrom('mayfly.messages')
        .selectAll()
        .where('subject_id', '=', id)
        .orderBy('arrival')
        .execute();
      for (const row of messages)
        lines.push(
          row.sealed_text === null
            ? row.kind
            : `said: ${cipher.open('messages.sealed_text', row.id, row.sealed_text)}`,
        );
      const deliveries = await trx
        .selectFrom('mayfly.deliveries')
        .selectAll()
        .where('subject_id', '=', id)
        .execute();
      for (const row of deliveries)
        lines.push(`was told: ${cipher.open('deliveries.sealed_text', row.id, row.sealed_text)}`);
      const addresses = await trx
        .selectFrom('mayfly.addresses')
        .select('subject_id')
        .where('subject_id', '=', id)
        .execute();
      lines.push(...addresses.map(() => 'address'));
    }
    return lines;
  });
}

/** All that lies in the database, as whoever steals the disk would see it. */
async function raw(): Promise<string> {
  const rows = await Promise.all(
    Object.keys(TABLES).map(
      async (name) =>
        (await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(name)}`.execute(mayfly.db))
          .rows,
    ),
  );
  const texts = rows
    .flat()
    .flatMap((row) => Object.values(row))
    .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)));
  return texts.join('\n');
}

/** Every word and number of a body, with what it stands under. */
function leavesOf(node: unknown, path: string[] = []): { path: string[]; value: string }[] {
  if (typeof node === 'string' || typeof node === 'number') return [{ path, value: String(node) }];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

/** Names of things, and the business's own account: all that may stand in a row in clear. */
const NOT_PERSONAL = new Set([
  'type',
  'status',
  'object',
  'field',
  'phone_number_id',
  'messaging_product',
  'action',
  'reaction',
]);

test.each(ALL)(
  '%s is acknowledged, counted, and leaves exactly what it may',
  async (file, folder, name) => {
    await empty();
    const body = payload(folder, name);
    const trace: Trace = {
      counted: await counted(async () => expect(await post(folder, body)).toBe(200)),
      stored: await opened(),
    };
    expect(trace).toEqual(EXPECTED[file]);

    // The business's own account stands in clear, and is no more personal than its name.
    const accounts = (
      await mayfly.db.selectFrom('mayfly.subjects').select('account').execute()
    ).map(({ account }) => account);
    const stored = accounts.reduce((text, account) => text.replaceAll(account, ''), await raw());
    for (const { path, value } of leavesOf(body)) {
      if (value.length < 4 || NOT_PERSONAL.has(path.at(-1) ?? '') || accounts.includes(value))
        continue;
      expect({ path, isInClear: stored.includes(value) }).toEqual({ path, isInClear: false });
    }
  },
);

test('every recorded webhook has its row in the table of what it must leave, and no row is left over', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual(ALL.map(([file]) => file).sort());
});

test.each([
  [
    'history',
    {
      history: [
        {
          metadata: { phase: 0 },
          threads: [
            {
              id: '15550608888',
              messages: [
                {
                  from: '15550608888',
                  id: 'wamid.old',
                  timestamp: '1760000000',
                  type: 'text',
                  text: { body: 'old words' },
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  [
    'smb_app_state_sync',
    {
      state_sync: [
        {
          type: 'contact',
          contact: { full_name: 'A Friend', phone_number: '15550608888' },
          action: 'add',
        },
      ],
    },
  ],
])(
  'what a number in coexistence brings along in %s is refused, counted, and not stored',
  async (field, brought) => {
    await empty();
    const metadata = { display_phone_number: '15550100000', phone_number_id: ACCOUNTS.whatsapp };
    const value = { messaging_product: 'whatsapp', metadata, ...brought };
    const body = {
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field, value }] }],
    };
    const what = await counted(async () => expect(await post('whatsapp', body)).toBe(200));
    expect(what).toEqual({
      [field === 'history' ? 'history: ignored' : 'contact book: ignored']: 1,
    });
    expect(await opened()).toEqual([]);
  },
);

test('the log of all this says nothing of anybody', () => {
  const log = mayfly.logLines.join('');
  for (const [, folder, name] of ALL) {
    for (const { path, value } of leavesOf(payload(folder, name))) {
      if (value.length < 8 || NOT_PERSONAL.has(path.at(-1) ?? '')) continue;
      expect({ path, isLogged: log.includes(value) }).toEqual({ path, isLogged: false });
    }
  }
});
