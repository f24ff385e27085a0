import { setTimeout as pause } from 'node:timers/promises';
import { checkJournal } from '../faults/check-journal.ts';
import { person, recordMayfly } from '../faults/recorder.ts';
import type { Person, Recorder } from '../faults/recorder.ts';
import { untilDone } from '../faults/until-done.ts';
import { eventually } from '../support/eventually.ts';
import { startProcesses } from './processes.ts';
import type { Mayfly } from './processes.ts';

const mayfly = await startProcesses({ environment: { TURN_DEADLINE: '20s', EVIDENCE_WAIT: '2s' } });
const { api, worker, servers } = mayfly;
afterAll(() => mayfly.close());

let number = 0;

/** One person on each channel whom no test has met. */
function newcomers(): [Person, Person] {
  number += 1;
  return [person('whatsapp', number), person('instagram', number)];
}

/** A journal of its own for one test; nothing of it may be wrong once everything is done. */
async function recorded(
  people: readonly Person[],
  happening: (recorder: Recorder) => Promise<void>,
): Promise<Recorder> {
  mayfly.meta.sent.length = 0;
  mayfly.model.requests.length = 0;
  const recorder = recordMayfly(mayfly, { people });
  await happening(recorder);
  await untilDone(mayfly.db, recorder);
  recorder.close();
  expect(checkJournal(recorder.journal)).toEqual([]);
  return recorder;
}

const everything = (): Mayfly[keyof Pick<Mayfly, 'api' | 'worker'>][] => [
  api,
  worker,
  servers.temporal,
  servers.postgres,
];

async function startAgain(): Promise<void> {
  await Promise.all([servers.temporal.start(), servers.postgres.start()]);
  await Promise.all([api.start(), worker.start()]);
}

test('everything killed with -9 during the model call and started again: each person is answered once', async () => {
  const people = newcomers();
  const { journal } = await recorded(people, async ({ write }) => {
    mayfly.model.plan('hang', 'hang');
    await Promise.all(people.map((one) => write(one)));
    await eventually(() => expect(mayfly.model.requests).toHaveLength(2));
    const exits = await Promise.all(everything().map((one) => one.kill()));
    expect(exits.map(({ signal }) => signal)).toEqual(Array(4).fill('SIGKILL'));
    await startAgain();
  });
  expect(journal.deliveries).toHaveLength(2);
});

// Stopped for seconds here rather than for a minute: what is waited for is the same.
test('Temporal stopped while people write: 200s meanwhile, all answered after, in order', async () => {
  const known = newcomers();
  const unknown = newcomers();
  const { journal } = await recorded(
    [...known, ...unknown],
    async ({ write, journal: { posts } }) => {
      await Promise.all(known.map((one) => write(one)));
      await eventually(() => expect(mayfly.meta.sent).toHaveLength(2));
      await servers.temporal.stop();
      for (let round = 0; round < 3; round += 1) {
        await Promise.all([...known, ...unknown].map((one) => write(one)));
        await pause(1_100);
      }
      expect(posts.map(({ status }) => status)).toEqual(Array(14).fill(200));
      expect(mayfly.meta.sent).toHaveLength(2);
      await servers.temporal.start();
    },
  );
  expect(journal.deliveries.length).toBeGreaterThanOrEqual(6);
});

test('Postgres stopped: 503, and after Meta has repeated everything is answered once', async () => {
  const people = newcomers();
  const { journal } = await recorded(people, async ({ write, journal: { posts } }) => {
    await servers.postgres.stop();
    const writing = people.map((one) => write(one));
    await eventually(() => expect(posts.length).toBeGreaterThanOrEqual(4));
    expect(new Set(posts.map(({ status }) => status))).toEqual(new Set([503]));
    await servers.postgres.start();
    await Promise.all(writing);
  });
  expect(journal.deliveries).toHaveLength(2);
});

test('a turn that is under way at SIGTERM is finished or taken up again, and answered once', async () => {
  const people = newcomers();
  const { journal } = await recorded(people, async ({ write }) => {
    mayfly.model.plan({ reply: 'never read', afterMs: 60_000 });
    const [one, other] = people;
    await write(one);
    await eventually(() => expect(mayfly.model.requests).toHaveLength(1));
    await write(other);
    const exits = await Promise.all([api.stop(), worker.stop()]);
    expect(exits).toEqual(Array(2).fill({ code: 0, signal: null }));
    await Promise.all([api.start(), worker.start()]);
  });
  expect(journal.deliveries).toHaveLength(2);
});
