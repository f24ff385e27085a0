import type { FakeModelBehaviour } from '../fakes/llm/fake-model.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons } from '../support/persons.ts';
import { privacyDesk } from '../support/privacy-desk.ts';

const DAY_MS = 86_400_000;
const mayfly = await createInstallation({ LLM_RETENTION_DAYS: '30', TURN_DEADLINE: '3s' });
const desk = privacyDesk(mayfly);
const persons = createPersons(mayfly);

async function elsewhereOf(code: string) {
  const jws = await (await fetch(mayfly.url(`/privacy/requests/${code}/certificate`))).text();
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as {
    expiring_elsewhere: { where: string; until: string }[];
    kept_elsewhere: { where: string }[];
  };
}

test.each<[string, FakeModelBehaviour]>([
  ['fails', { status: 500 }],
  ['refuses the request', { status: 400 }],
  ['refuses to answer', 'refusal'],
  ['never answers', 'hang'],
])(
  'P-D2: the copy of a provider whose model %s is on the certificate, and is waited for, although no answer of it was ever stored',
  async (_, behaviour) => {
    const me = persons.on('whatsapp');
    mayfly.model.usually(behaviour);
    const asked = Date.now();
    await me.write('a secret');
    // The honest words that stand in for an answer.
    await me.hears(1);
    const lastCall = Date.now();
    const opened = await desk.ask({ whatsapp: `+${me.identifiers[0]}` });
    await me.write(opened.verification.phrase);
    await desk.untilState(opened.code, 'waiting for others');
    const { expiring_elsewhere: elsewhere, kept_elsewhere: kept } = await elsewhereOf(opened.code);
    const until = (where: string) =>
      Date.parse(elsewhere.find((one) => one.where === where)?.until ?? '');
    const provider = until('log of the AI provider');
    expect(provider).toBeGreaterThanOrEqual(asked + 30 * DAY_MS);
    expect(provider).toBeLessThan(lastCall + 30 * DAY_MS + 120_000);
    expect(until('WhatsApp Cloud API')).toBeGreaterThanOrEqual(lastCall + 30 * DAY_MS);
    expect(kept).toEqual([]);
    const { expiring_elsewhere: told } = await desk.status(opened.code);
    expect(told.map(({ where }) => where)).toContain('log of the AI provider');
  },
);
