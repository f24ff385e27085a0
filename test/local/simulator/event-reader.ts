import type {
  MessageView,
  PhoneView,
  SimulatorEvent,
} from '../../../local/simulator/simulator-event.ts';
import type { Channel } from '../../../domain/channels.ts';
import { createWaitingList } from './waiting-list.ts';

type Snapshot = Extract<SimulatorEvent, { type: 'snapshot' }>;

export interface EventReader {
  events: SimulatorEvent[];
  snapshot: Snapshot;
  /** The first event that fits, now or as soon as it comes. */
  event(fits: (event: SimulatorEvent) => boolean): Promise<SimulatorEvent>;
  /** The first version of a message that fits. */
  message(fits: (message: MessageView) => boolean): Promise<MessageView>;
  /** The phone that each channel starts with. */
  phone(channel: Channel): PhoneView;
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/** Reads the event stream of the simulator as a page would. */
export async function openEventReader(url: string): Promise<EventReader> {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    throw new Error(`no event stream, but ${response.status}`);
  }
  const list = createWaitingList<SimulatorEvent>();
  const ended = read(response, list.add).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const snapshot = (await list.first(({ type }) => type === 'snapshot')) as Snapshot;
  return {
    events: list.items,
    snapshot,
    event: list.first,
    async message(fits) {
      const event = await list.first((one) => one.type === 'message' && fits(one.message));
      return (event as Extract<SimulatorEvent, { type: 'message' }>).message;
    },
    phone: (channel) => snapshot.phones.find((phone) => phone.channel === channel)!,
    ended,
    async close() {
      stop.abort();
      await ended;
    },
  };
}

async function read(response: Response, add: (event: SimulatorEvent) => void): Promise<void> {
  let rest = '';
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const frames = (rest + text).split('\n\n');
    rest = frames.pop()!;
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data !== undefined) add(JSON.parse(data) as SimulatorEvent);
    }
  }
}
