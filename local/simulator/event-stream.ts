import type { RequestHandler, Response } from 'express';
import type { Publish, SimulatorEvent } from './simulator-event.ts';

export interface EventStream {
  publish: Publish;
  /** Answers with a snapshot and then every event, as `text/event-stream`; then `onViewer` can bring it up to date. */
  handler: (snapshot: () => SimulatorEvent, onViewer: () => void) => RequestHandler;
  close(): void;
}

const KEEP_ALIVE_MS = 15_000;
/** A page that does not read is cut off before it fills our memory; it comes back and gets a snapshot. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;

/** Tells every open page what happens. Source: HTML standard, server-sent events. */
export function createEventStream(): EventStream {
  const viewers = new Set<Response>();
  const write = (viewer: Response, text: string) => {
    viewer.write(text);
    if (viewer.writableLength > MOST_UNREAD_BYTES) viewer.destroy();
  };
  const keepAlive = setInterval(() => {
    for (const viewer of viewers) write(viewer, ':\n\n');
  }, KEEP_ALIVE_MS).unref();

  return {
    publish(event) {
      const text = asFrame(event);
      for (const viewer of viewers) write(viewer, text);
    },
    handler: (snapshot, onViewer) => (_request, response) => {
      response.set({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // The page reconnects by itself; a connection that is kept would only delay a shutdown.
        connection: 'close',
      });
      response.write(`retry: 1000\n${asFrame(snapshot())}`);
      viewers.add(response);
      response.on('close', () => viewers.delete(response));
      onViewer();
    },
    close() {
      clearInterval(keepAlive);
      for (const viewer of viewers) viewer.end();
    },
  };
}

// JSON has no line breaks of its own, so one event is one data line.
function asFrame(event: SimulatorEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
