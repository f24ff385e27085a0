import type { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '@temporalio/common/lib/proto-utils.js';

/** One recorded history as JSON, its payloads opened: they hold nothing personal, which is what tests read them for. */
export async function plainHistory(
  client: Client,
  codec: PayloadCodec,
  workflowId: string,
): Promise<History> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  return (await openPayloads(codec, history)) as History;
}

/** A stable text of a history, for a file. */
export function historyText(history: History): string {
  return `${historyToJSON(history)}\n`;
}

/** Every value of every payload of a history, parsed. */
export function payloadValues(history: unknown): unknown[] {
  if (typeof history !== 'object' || history === null) return [];
  if (isPayload(history)) {
    const { data } = history;
    return data === null || data === undefined || data.length === 0
      ? []
      : [JSON.parse(Buffer.from(data).toString('utf8'))];
  }
  return Object.values(history).flatMap(payloadValues);
}

interface StoredPayload {
  metadata: Record<string, Uint8Array>;
  data?: Uint8Array | null;
}

function isPayload(value: object): value is StoredPayload {
  return (
    'metadata' in value &&
    typeof value.metadata === 'object' &&
    value.metadata !== null &&
    'encoding' in value.metadata
  );
}

async function openPayloads(codec: PayloadCodec, value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((one) => openPayloads(codec, one)));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (isPayload(value)) return (await codec.decode([value as never])).map(withoutPlace)[0];
  if (
    Object.getPrototypeOf(value) !== Object.prototype &&
    !('$type' in value.constructor) &&
    !hasFields(value)
  )
    return value;
  for (const [name, part] of Object.entries(value)) {
    Reflect.set(value, name, /identity$/i.test(name) ? 'test' : await openPayloads(codec, part));
  }
  return value;
}

/** A stack names folders of the machine that recorded it, which nobody needs in a file. */
function withoutPlace(payload: Payload): Payload {
  const text = Buffer.from(payload.data ?? []).toString('utf8');
  if (!text.includes('"stack_trace"')) return payload;
  const failure = JSON.parse(text) as Record<string, unknown>;
  return { ...payload, data: Buffer.from(JSON.stringify({ ...failure, stack_trace: '' })) };
}

function hasFields(value: object): boolean {
  // Long numbers are values, not containers.
  return !('low' in value && 'high' in value);
}
