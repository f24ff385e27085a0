import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { METADATA_ENCODING_KEY } from '@temporalio/common';
import type { Payload, PayloadCodec } from '@temporalio/common';
import protos from '@temporalio/proto';
import { open, seal } from '../crypto/envelope.ts';

const ENCODING = Buffer.from('binary/mayfly-sealed');
const StoredPayload = protos.temporal.api.common.v1.Payload;
const CONTEXT = ['temporal payload'];

/**
 * Seals everything that Temporal stores of arguments, results, signals and failures. Nothing personal is in them to
 * begin with; this is the second net, and what signed-in staff decode in Temporal's UI.
 */
export function createPayloadCodec(bytes: Buffer): PayloadCodec {
  const key = createSecretKey(bytes);
  return {
    encode: async (payloads) => payloads.map((payload) => encodePayload(key, payload)),
    decode: async (payloads) => payloads.map((payload) => decodePayload(key, payload)),
  };
}

function encodePayload(key: KeyObject, payload: Payload): Payload {
  const bytes = Buffer.from(StoredPayload.encode(payload).finish());
  return { metadata: { [METADATA_ENCODING_KEY]: ENCODING }, data: seal(key, bytes, CONTEXT) };
}

function decodePayload(key: KeyObject, payload: Payload): Payload {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  if (encoding === undefined || encoding === null || !ENCODING.equals(encoding)) return payload;
  return StoredPayload.decode(open(key, Buffer.from(payload.data ?? []), CONTEXT));
}
