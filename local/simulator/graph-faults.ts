import type { Channel } from '../../domain/channels.ts';
import type { GraphFault, Publish } from './simulator-event.ts';

export interface GraphFaults {
  all(): Record<Channel, GraphFault>;
  set(channel: Channel, fault: GraphFault): void;
  /** What the call that is being answered meets; the one after it meets nothing. */
  take(channel: Channel): GraphFault;
}

/** The fault that waits for the business's next text, on each channel. */
export function createGraphFaults(publish: Publish): GraphFaults {
  const waiting: Record<Channel, GraphFault> = { instagram: 'none', whatsapp: 'none' };
  function set(channel: Channel, fault: GraphFault): void {
    if (waiting[channel] === fault) return;
    waiting[channel] = fault;
    publish({ type: 'fault', channel, fault });
  }
  return {
    all: () => ({ ...waiting }),
    set,
    take(channel) {
      const fault = waiting[channel];
      set(channel, 'none');
      return fault;
    },
  };
}
