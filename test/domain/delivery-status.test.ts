import fc from 'fast-check';

import { laterStatus } from '../../domain/delivery-status.ts';
import { DELIVERY_STATUSES } from '../../domain/events.ts';
import type { DeliveryStatus } from '../../domain/events.ts';

const status = fc.constantFrom(...DELIVERY_STATUSES);

function after(statuses: DeliveryStatus[]): DeliveryStatus | null {
  return statuses.reduce<DeliveryStatus | null>(laterStatus, null);
}

test('the first status is taken as it is', () => {
  for (const first of DELIVERY_STATUSES) expect(laterStatus(null, first)).toBe(first);
});

test('sent, delivered and read only move forward', () => {
  expect(laterStatus('sent', 'delivered')).toBe('delivered');
  expect(laterStatus('delivered', 'read')).toBe('read');
  expect(laterStatus('sent', 'read')).toBe('read');
  expect(laterStatus('delivered', 'sent')).toBe('delivered');
  expect(laterStatus('read', 'sent')).toBe('read');
  expect(laterStatus('read', 'delivered')).toBe('read');
});

test('a message that was sent can still fail', () => {
  expect(laterStatus('sent', 'failed')).toBe('failed');
  expect(laterStatus('failed', 'sent')).toBe('failed');
});

test('a message that was delivered or read cannot become failed', () => {
  expect(laterStatus('delivered', 'failed')).toBe('delivered');
  expect(laterStatus('read', 'failed')).toBe('read');
});

test('a delivery seen after a failure overrides it', () => {
  expect(laterStatus('failed', 'delivered')).toBe('delivered');
  expect(laterStatus('failed', 'read')).toBe('read');
});

test('every order of arrival, with any repetition, ends in the same status', () => {
  const arrivals = fc.array(status, { minLength: 1, maxLength: 8 }).chain((statuses) =>
    fc.record({
      statuses: fc.constant(statuses),
      shuffled: fc
        .shuffledSubarray([...statuses, ...statuses], { minLength: statuses.length * 2 })
        .map((all) => [...all]),
    }),
  );
  fc.assert(
    fc.property(arrivals, ({ statuses, shuffled }) => {
      expect(after(shuffled)).toBe(after(statuses));
    }),
  );
});

test('joining is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(status, status, status, (a, b, c) => {
      expect(laterStatus(a, b)).toBe(laterStatus(b, a));
      expect(laterStatus(laterStatus(a, b), c)).toBe(laterStatus(a, laterStatus(b, c)));
      expect(laterStatus(a, a)).toBe(a);
    }),
  );
});
