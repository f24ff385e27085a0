import { jest } from '@jest/globals';

import { addressOf, newPerson } from '../../../local/simulator/people.ts';
import { Phones } from '../../../local/simulator/phones.ts';
import type { Phone } from '../../../local/simulator/phones.ts';
import type { SimulatorEvent } from '../../../local/simulator/simulator-event.ts';
import { CHANNELS } from '../../../domain/channels.ts';
import { phoneNumber } from '../../../lib/meta/phone-number.ts';

function createPhones() {
  const events: SimulatorEvent[] = [];
  const phones = new Phones((event) => void events.push(event), CHANNELS);
  return { phones, events, first: phones.all()[0]! };
}

const write = (phones: Phones, phone: Phone, text = 'Hello') =>
  phones.addMessage(phone, {
    from: 'person',
    kind: 'text',
    text,
    providerId: text,
    at: new Date(),
    state: 'sending',
  });

test('a message only ever moves on, whatever the order of what is told', () => {
  const { phones, first } = createPhones();
  const message = write(phones, first);
  phones.advance(first, message, 'read');
  for (const earlier of ['delivered', 'failed', 'sent', 'sending'] as const) {
    phones.advance(first, message, earlier);
    expect(message.state).toBe('read');
  }
});

test('a late acknowledgement outweighs that it was given up', () => {
  const { phones, first } = createPhones();
  const message = write(phones, first);
  phones.advance(first, message, 'failed');
  phones.advance(first, message, 'delivered');
  expect(message.state).toBe('delivered');
});

test('typing ends by itself after 25 seconds, counted from the last sign of it', () => {
  jest.useFakeTimers();
  const { phones, first, events } = createPhones();
  phones.setTyping(first, true);
  jest.advanceTimersByTime(20_000);
  phones.setTyping(first, true);
  jest.advanceTimersByTime(24_999);
  expect(events.at(-1)).toMatchObject({ type: 'phone', phone: { isTyping: true } });
  jest.advanceTimersByTime(1);
  expect(events.at(-1)).toMatchObject({ type: 'phone', phone: { isTyping: false } });
  jest.useRealTimers();
});

test('memory is bounded: the oldest added phone and the oldest message go, the first phone stays', () => {
  const { phones, first, events } = createPhones();
  const added = Array.from({ length: 20 }, () => phones.add('instagram').id);
  expect(events.findLast(({ type }) => type === 'phone gone')).toEqual({
    type: 'phone gone',
    phone: added[0],
  });
  const left = phones.all().filter(({ person }) => person.channel === 'instagram');
  expect(left.map(({ id }) => id)).toEqual([first.id, ...added.slice(1)]);

  for (let count = 0; count <= 500; count += 1) write(phones, first, `message ${count}`);
  expect(first.messages).toHaveLength(500);
  expect(first.messages[0]!.text).toBe('message 1');
});

test('people are made up: numbers kept for fiction, which our own parser takes as they are', () => {
  for (let count = 0; count < 200; count += 1) {
    const person = newPerson('whatsapp');
    if (person.channel !== 'whatsapp') throw new Error('the other channel');
    expect(person.phone).toMatch(/^155501\d{5}$/);
    expect(phoneNumber(person.phone)).toBe(`+${person.phone}`);
    expect(person.userId).toMatch(/^US\.\d{20}$/);
    expect(addressOf(person)).toMatch(/^\+1 555 01\d \d{4}$/);
  }
  expect(newPerson('instagram')).toMatchObject({
    scopedId: expect.stringMatching(/^9\d{16}$/),
    username: expect.stringMatching(/^[a-z]+\.[a-z]+\.\d{4}$/),
  });
});
