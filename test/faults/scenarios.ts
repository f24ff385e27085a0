import type { Client } from '@temporalio/client';
import path from 'node:path';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import { newWhatsAppMessageId } from '../fakes/meta/provider-ids.ts';
import { formsOf, scanFolder } from '../system/byte-scan.ts';
import { countPayloads } from '../system/count-payloads.ts';
import type { Mayfly } from '../system/processes.ts';
import { checkJournal } from './check-journal.ts';
import type { CheckName } from './check-journal.ts';
import { person, recordMayfly } from './recorder.ts';
import type { Person, Recorder, RecorderOptions } from './recorder.ts';
import { untilDone } from './until-done.ts';
import { until } from './until.ts';

/** A Mayfly on servers that keep their data in a folder, with a client of its namespace that has no codec. */
export interface Stage {
  mayfly: Mayfly;
  folder: string;
  temporal: Client;
}

export type ScenarioCheck = CheckName | 'sealed in Temporal' | 'nothing personal on disk';

/** Lets something happen that one defect would show in, and returns every problem with the name of its check. */
type Scenario = (stage: Stage) => Promise<string[]>;

let people = 1_000;

const WITHIN_MS = 30_000;

async function recorded(
  { mayfly }: Stage,
  happening: (recorder: Recorder, author: Person) => Promise<void>,
  options: Omit<RecorderOptions, 'people'> = {},
): Promise<string[]> {
  people += 1;
  const author = person('whatsapp', people);
  const recorder = recordMayfly(mayfly, { people: [author], ...options });
  await happening(recorder, author);
  await untilDone(mayfly.db, recorder, WITHIN_MS);
  recorder.close();
  mayfly.meta.forgetPlans();
  return checkJournal(recorder.journal);
}

const untilOneIsSent = ({ journal }: Recorder) =>
  until('a text is sent', () => journal.deliveries.length > 0);

/** Meta hands over what it has handed over already. */
export const repeatedWebhook: Scenario = (stage) =>
  recorded(stage, async (recorder, author) => {
    const again = await recorder.write(author);
    await untilOneIsSent(recorder);
    await again();
  });

/** The api dies with everything written and nothing committed. */
export const killedBeforeCommit: Scenario = (stage) =>
  recorded(stage, async (recorder, author) => {
    const { api } = stage.mayfly;
    await api.ask('before commit');
    const writing = recorder.write(author);
    await api.exited();
    await api.start();
    await writing;
  });

/** Meta sends, and its answer is lost, twice; nor does it tell later. */
export const lostAnswers: Scenario = (stage) =>
  recorded(
    stage,
    async (recorder, author) => {
      recorder.journal.disruptions.push({ from: 0, to: Infinity, what: 'answers are lost' });
      stage.mayfly.meta.plan('execute then drop', 'execute then drop');
      await recorder.write(author);
    },
    { tells: () => false },
  );

/** Somebody says STOP while their answer waits for Meta to take it. */
export const stoppedWhileWaiting: Scenario = (stage) =>
  recorded(stage, async (recorder, author) => {
    const { meta, db } = stage.mayfly;
    const throttled = {
      ...graphError({ code: 130429, status: 429 }),
      headers: { 'retry-after': '2' },
    };
    meta.plan(throttled);
    await recorder.write(author);
    const throttledTexts = db
      .selectFrom('mayfly.deliveries')
      .select('id')
      .where('state', '=', 'planned')
      .where('problem', '=', 'throttled');
    await until('a text waits for Meta', async () => (await throttledTexts.execute()).length > 0);
    await recorder.stop(author);
    await untilOneIsSent(recorder);
  });

/** Somebody writes, and what Temporal keeps of it is looked at as it lies there. */
export const ordinaryTurn: Scenario = async (stage) => {
  const { post, webhooks, meta } = stage.mayfly;
  people += 1;
  const { address: from } = person('whatsapp', people);
  const id = newWhatsAppMessageId(from, 'from person');
  const before = meta.sent.length;
  await post(
    'whatsapp',
    webhooks.whatsAppTextWebhook({ from, phoneNumberId: '106540352242922', text: 'hello', id }),
  );
  await until('a text is sent', () => meta.sent.length > before);
  const { sealed, unsealed } = await countPayloads(stage.temporal);
  const forms = [...formsOf('message id', id), ...formsOf('number', from)];
  const found = scanFolder(path.join(stage.folder, 'temporal'), forms);
  return [
    ...(sealed === 0 ? ['enough went well: no payload was sealed'] : []),
    ...unsealed.map((place) => `sealed in Temporal: ${place}`),
    ...found.map(
      ({ file, secret, form }) => `nothing personal on disk: ${secret} (${form}) in ${file}`,
    ),
  ];
};
