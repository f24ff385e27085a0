import type { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { everyExecution } from '../support/every-execution.ts';

/** How many payloads are sealed, and where those stand that everybody can read who has Temporal's database. */
export interface PayloadCount {
  sealed: number;
  unsealed: string[];
}

/** Looks at every payload in the histories of a namespace's executions. The client must have no codec. */
export async function countPayloads(client: Client): Promise<PayloadCount> {
  let sealed = 0;
  const unsealed: string[] = [];
  for await (const { place, payload } of everyPayload(client)) {
    if (encodingOf(payload) === 'binary/mayfly-sealed') sealed += 1;
    else if (!place.includes(OF_THE_SDK)) unsealed.push(place);
  }
  return { sealed, unsealed };
}

/** What all of them say once they are opened, as one text. */
export async function openedPayloads(client: Client, codec: PayloadCodec): Promise<Buffer> {
  const payloads: Payload[] = [];
  for await (const { payload } of everyPayload(client)) payloads.push(payload);
  const opened = await codec.decode(payloads);
  return Buffer.concat(opened.flatMap(({ data }) => [Buffer.from(data ?? []), Buffer.from('\n')]));
}

async function* everyPayload(client: Client): AsyncGenerator<{ place: string; payload: Payload }> {
  for await (const { info, history } of everyExecution(client)) {
    yield* payloadsIn(history, /^[a-z]+/.exec(info.workflowId)?.[0] ?? '');
  }
}

function encodingOf({ metadata }: Payload): string {
  return Buffer.from(metadata?.['encoding'] ?? []).toString();
}

/** Search attributes are what the server itself looks for. */
const PLAIN_BY_NATURE = new Set(['searchAttributes']);

/** Of a local activity the SDK notes here its number, its type and its times, and passes them by no codec. */
const OF_THE_SDK = 'markerRecordedEventAttributes.details.data';

function payloadsIn(value: unknown, place: string): { place: string; payload: Payload }[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value) return [{ place, payload: value as Payload }];
  return Object.entries(value)
    .filter(([name]) => !PLAIN_BY_NATURE.has(name))
    .flatMap(([name, part]) => payloadsIn(part, Array.isArray(value) ? place : `${place}.${name}`));
}
