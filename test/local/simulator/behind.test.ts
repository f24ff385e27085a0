import type { BehindView } from '../../../local/simulator/behind-view.ts';
import { CHANNELS } from '../../../domain/channels.ts';
import { createSimulatedInstallation } from './simulated-installation.ts';

const { mayfly, act, newPhone } = await createSimulatedInstallation({ EVIDENCE_WAIT: '300ms' });

beforeEach(() => {
  mayfly.model.usually(() => ({ reply: 'We are open.' }));
});

const fact = ({ facts }: BehindView, name: string) => facts.find((one) => one.name === name)?.words;
const isConfirmed = ({ steps }: BehindView) => steps.every(({ tone }) => tone === 'good');
const isAnswered = ({ said }: BehindView) => said.startsWith('Answered');
const nowAt = ({ steps }: BehindView) => steps.find(({ tone }) => tone === 'now')?.name;

test.each(CHANNELS)(
  'a message on %s is followed from the database: stored, written, sent, confirmed',
  async (channel) => {
    const phone = await newPhone(channel);
    mayfly.model.plan({ afterMs: 800, reply: 'We are open.' });
    await phone.act('send', { text: 'Are you open?' });
    const done = await phone.until((view) => isConfirmed(view) && view.parts[0]?.why === 'read');
    expect(done.said).toBe('Answered, and confirmed by Meta.');
    expect(done.parts).toMatchObject([
      { reply: '1 model', state: 'confirmed', attempts: '1', copies: 'once' },
    ]);
    expect(fact(done, 'Session')).toBe('1, open');
    expect(fact(done, 'Window')).toBe('open, 24 h left');
    const seen = phone.seen();
    expect(seen[0]!.said).toMatch(/^(Nothing is held|Stored)/);
    expect(seen.map(nowAt)).toContain('model');
  },
);

test('nothing of the words, and no id of Meta, is among what is told of what is behind', async () => {
  const phone = await newPhone('whatsapp');
  mayfly.model.plan({ reply: 'Unspeakable reply' });
  await phone.act('send', { text: 'Unspeakable words' });
  await phone.until(isConfirmed);
  expect(JSON.stringify(phone.seen())).not.toMatch(
    /Unspeakable|wamid|1555|[0-9a-f]{8}-[0-9a-f]{4}/,
  );
});

test('a reply of which nobody knows is in doubt, and is sent once more when no trace of it is found', async () => {
  const phone = await newPhone('whatsapp');
  await act('fault', { channel: 'whatsapp', fault: 'server error' });
  await phone.act('send', { text: 'Are you open?' });
  await phone.until(({ steps }) => steps.some(({ name }) => name === 'ambiguous'));
  const done = await phone.until(isConfirmed);
  expect(done.parts).toMatchObject([{ attempts: '2, resent', copies: 'once' }]);
  expect(phone.replies()).toHaveLength(1);
});

test('a human who answers by hand makes the assistant rest, and START ends that', async () => {
  const phone = await newPhone('instagram');
  await phone.act('send', { text: 'Are you open?' });
  await phone.until(isConfirmed);
  await phone.act('answer-as-human', { text: 'This is a human.' });
  const taken = await phone.until((view) => fact(view, 'Human') !== undefined);
  expect(taken.said).toBe('A human answered; the assistant rests.');
  expect(taken.parts[0]).toMatchObject({ reply: '2 human', attempts: 'by hand' });
  await phone.act('send', { text: 'Thank you' });
  await phone.until(({ steps }) => steps[1]!.name === 'rests' && steps[1]!.tone === 'held');
  await phone.act('send', { text: 'START' });
  await phone.until((view) => fact(view, 'Human') === undefined && isAnswered(view));
});

test('STOP is seen as such', async () => {
  const phone = await newPhone('whatsapp');
  await phone.act('send', { text: 'STOP' });
  const view = await phone.until((one) => fact(one, 'Person') === 'opted out' && isAnswered(one));
  expect(view.parts[0]).toMatchObject({ reply: '1 notice', state: 'confirmed' });
});

test('a reply whose answer was lost is found by its evidence, not sent again, and leaves its trace in the strip', async () => {
  const phone = await newPhone('whatsapp');
  await act('fault', { channel: 'whatsapp', fault: 'answer lost' });
  await phone.act('send', { text: 'Are you open?' });
  const done = await phone.until(
    ({ steps }) => steps[5]?.name === 'answer lost' && steps[6]?.tone === 'good',
  );
  expect(done.said).toContain('Evidence showed that the reply had arrived');
  expect(done.parts).toMatchObject([{ state: 'confirmed', attempts: '1', copies: 'once' }]);
  expect(phone.replies()).toHaveLength(1);
});
