import type { DeliveryStatus } from './events.ts';

/**
 * How much each status tells. Delivered outweighs failed: once the person has the message, a failure that was
 * reported too, before or after, no longer matters.
 */
const WEIGHT = { sent: 0, failed: 1, delivered: 2, read: 3 } as const satisfies Record<
  DeliveryStatus,
  number
>;

/**
 * What we know of a delivery after one more status from Meta. Statuses come in any order and more than once, so
 * this is the greater of the two in a fixed order: the order and number of arrivals cannot change the result.
 */
export function laterStatus(
  current: DeliveryStatus | null,
  incoming: DeliveryStatus,
): DeliveryStatus {
  if (current === null) return incoming;
  return WEIGHT[incoming] > WEIGHT[current] ? incoming : current;
}
