import type { Channel } from '../domain/channels.ts';
import type { DeliveryEvent, SendOutcome } from '../domain/outbox.ts';
import type { Silence } from '../domain/standing.ts';
import type { Metrics } from '../lib/metrics.ts';

/** Why a reply, or the rest of one, was not sent. */
export type Suppression = Silence | 'window closed' | 'newer message';

/** Counts what became of parts, once that is stored. */
export interface DeliveryCounts {
  attempted(channel: Channel, outcome: SendOutcome['kind']): void;
  happened(channel: Channel, event: DeliveryEvent): void;
  suppressed(reason: Suppression): void;
}

export function createDeliveryCounts(
  metrics: Pick<Metrics, 'sends' | 'deliveries' | 'suppressed'>,
): DeliveryCounts {
  return {
    attempted: (channel, outcome) => metrics.sends.inc({ channel, outcome }),
    happened: (channel, outcome) => metrics.deliveries.inc({ channel, outcome }),
    suppressed: (reason) => metrics.suppressed.inc({ reason }),
  };
}
