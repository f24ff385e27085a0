/** The webhook of the reference: stores each message in one row, signals its conversation, and then acknowledges. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import express from 'express';
import pg from 'pg';
import { z } from 'zod';
import { APP_SECRET } from '../fakes/protocol.ts';
import type { chat } from './workflow.ts';

const { PORT, DATABASE_URL, TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = process.env;

const webhook = z.object({
  entry: z.array(
    z.object({
      changes: z.array(
        z.object({
          value: z.object({
            metadata: z.object({ phone_number_id: z.string() }),
            messages: z
              .array(
                z.object({
                  id: z.string(),
                  from: z.string(),
                  text: z.object({ body: z.string() }),
                }),
              )
              .default([]),
          }),
        }),
      ),
    }),
  ),
});

const pool = new pg.Pool({ connectionString: DATABASE_URL });
await pool.query(
  'CREATE TABLE messages (id text PRIMARY KEY, phone text NOT NULL, body text NOT NULL, at timestamptz NOT NULL DEFAULT now())',
);
const connection = await Connection.connect({ address: TEMPORAL_ADDRESS });
const client = new Client({ connection, namespace: TEMPORAL_NAMESPACE });

const app = express();
app.get('/readyz', (_request, response) => void response.json({ status: 'ok' }));
app.post('/webhooks/whatsapp', express.raw({ type: () => true }), async (request, response) => {
  const body = request.body as Buffer;
  if (!isSigned(body, request.get('x-hub-signature-256') ?? ''))
    return void response.sendStatus(401);
  for (const { value } of webhook
    .parse(JSON.parse(body.toString()))
    .entry.flatMap(({ changes }) => changes)) {
    for (const { id, from, text } of value.messages) {
      const insert =
        'INSERT INTO messages (id, phone, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
      const { rowCount } = await pool.query(insert, [id, from, text.body]);
      if (rowCount === 0) continue;
      await client.workflow.signalWithStart<typeof chat, [string]>('chat', {
        workflowId: `chat-${from}`,
        taskQueue: 'chats',
        args: [{ account: value.metadata.phone_number_id, phone: from }],
        signal: 'messageReceived',
        signalArgs: [text.body],
      });
    }
  }
  response.sendStatus(200);
});
app.listen(Number(PORT), '127.0.0.1');
process.on('disconnect', () => process.exit(0));

function isSigned(body: Buffer, signature: string): boolean {
  const expected = Buffer.from(
    `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`,
  );
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
