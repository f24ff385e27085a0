import { sql } from 'kysely';
import { conversationId } from '../../domain/conversation.ts';
import { erasureId } from '../../domain/erasure.ts';
import { openSubjectKey } from '../../lib/crypto/subject-cipher.ts';
import { dumpRows, wordsIn } from '../support/byte-scan.ts';
import { eventually } from '../support/eventually.ts';
import { everyExecution } from '../support/every-execution.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons } from '../support/persons.ts';
import type { TestPerson } from '../support/persons.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import { shortRunsServerAddress } from '../support/temporal-servers.ts';

/** Every turn continues as new, so that a conversation is a chain of runs. */
const mayfly = await createInstallation({
  LLM_RETENTION_DAYS: '0',
  TEMPORAL_ADDRESS: shortRunsServerAddress(),
});
const desk = privacyDesk(mayfly);
const persons = createPersons(mayfly);

const runsOf = async (workflowId: string) =>
  (await mayfly.client.workflow.count(`WorkflowId = '${workflowId}'`)).count;

async function askAndConfirm(person: TestPerson): Promise<string> {
  const { code, verification } = await desk.ask({ whatsapp: `+${person.identifiers[0]}` });
  await person.write(verification.phrase);
  return code;
}

/** Everything that Temporal keeps of both namespaces, as it keeps it. */
async function dumpTemporal(): Promise<string> {
  const texts: string[] = [];
  for (const client of [mayfly.client, mayfly.privacyClient]) {
    for await (const { info, history } of everyExecution(client)) {
      texts.push(JSON.stringify(info.raw), JSON.stringify(history));
    }
  }
  return texts.join('\n');
}

test('after an erasure no table, no history and no line of the log holds a word, a number or an id of the person', async () => {
  const [me, bystander] = [persons.on('whatsapp'), persons.on('whatsapp')];
  const words = ['Apfelstrudel-4711', 'Zimtschnecke-0815'];
  const messageIds = [await me.write(words[0] ?? ''), await bystander.write('hello')].slice(0, 1);
  await me.hears(1);
  messageIds.push(await me.write(words[1] ?? ''));
  await me.hears(2);
  await bystander.hears(1);
  const subjectId = await me.subjectId();
  const others = await bystander.subjectId();
  await eventually(async () => expect(await runsOf(conversationId(subjectId))).toBeGreaterThan(1));

  const key = await mayfly.db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .executeTakeFirstOrThrow();
  const messages = await mayfly.db
    .selectFrom('mayfly.messages')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .execute();
  const opens = () => {
    const cipher = openSubjectKey(mayfly.ring, subjectId, {
      bucket: key.bucket,
      version: BigInt(key.bucket_version),
      wrapped: key.wrapped_key,
    });
    return messages.map(({ id, sealed_text: sealed }) =>
      cipher.open('messages.sealed_text', id, sealed ?? Buffer.alloc(0)),
    );
  };
  expect(opens()).toEqual(words);

  const code = await askAndConfirm(me);
  await desk.untilEnded(code, 'finished');
  await eventually(() => expect(me.received().at(-1)?.text).toContain('has deleted everything'));
  const sentIds = me.received().map(({ providerId }) => providerId);
  const secrets = [
    ...words,
    ...me.identifiers,
    ...messageIds,
    ...sentIds,
    '+15550100000',
    key.wrapped_key.toString('hex'),
  ];
  expect(sentIds.length).toBeGreaterThan(2);

  const places = {
    tables: await dumpRows(mayfly.db),
    temporal: await dumpTemporal(),
    log: mayfly.logLines.join(''),
  };
  for (const [place, text] of Object.entries(places)) {
    expect({ place, found: wordsIn(text, secrets) }).toEqual({ place, found: [] });
  }
  expect(places.tables).not.toContain(subjectId);
  expect(await runsOf(conversationId(subjectId))).toBe(0);
  expect(places.tables).toContain(others);
  expect(places.temporal).toContain(erasureId(subjectId));
  expect(opens).toThrow();
  expect(await bystander.stored()).toMatchObject([{ text: 'hello' }]);
});

test('the scan finds what is planted in a table, in a history or in bytes, plain and encoded', async () => {
  const planted = ['Apfelstrudel-4711', '15550600001'];
  const bytes = Buffer.from(`x${planted[0]}`);
  const plant = async (reason: string, hash: Buffer) => {
    await sql`CREATE TABLE mayfly.planted (reason text, hash bytea)`.execute(mayfly.db);
    await sql`INSERT INTO mayfly.planted VALUES (${reason}, ${hash})`.execute(mayfly.db);
    const found = wordsIn(await dumpRows(mayfly.db), planted);
    await sql`DROP TABLE mayfly.planted`.execute(mayfly.db);
    return found;
  };
  expect(await plant(`so ${planted[1]} said`, bytes)).toEqual(planted);
  expect(await plant(bytes.toString('base64'), Buffer.alloc(0))).toEqual(planted.slice(0, 1));
  expect(
    await plant(Buffer.from(`ab${planted[1]}`).toString('base64url'), Buffer.alloc(0)),
  ).toEqual(planted.slice(1));
  expect(await plant('nothing', Buffer.alloc(16))).toEqual([]);
});
