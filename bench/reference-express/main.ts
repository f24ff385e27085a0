/** The reference without durability: everything in one process's memory. What it is doing when it ends is lost. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';
import OpenAI from 'openai';
import { z } from 'zod';
import { APP_SECRET } from '../fakes/protocol.ts';

const { PORT, MODEL_URL = '', GRAPH_URL = '' } = process.env;
const REMEMBERED = 20;

const webhook = z.object({
  entry: z.array(
    z.object({
      changes: z.array(
        z.object({
          value: z.object({
            metadata: z.object({ phone_number_id: z.string() }),
            messages: z
              .array(z.object({ from: z.string(), text: z.object({ body: z.string() }) }))
              .default([]),
          }),
        }),
      ),
    }),
  ),
});
const modelReply = z.object({ reply: z.string() });

const openai = new OpenAI({ apiKey: 'bench', baseURL: MODEL_URL, maxRetries: 0 });
const transcripts = new Map<string, { role: 'user' | 'assistant'; content: string }[]>();

const app = express();
app.get('/readyz', (_request, response) => void response.json({ status: 'ok' }));
app.post('/webhooks/whatsapp', express.raw({ type: () => true }), (request, response) => {
  const body = request.body as Buffer;
  if (!isSigned(body, request.get('x-hub-signature-256') ?? ''))
    return void response.sendStatus(401);
  const parsed = webhook.parse(JSON.parse(body.toString()));
  response.sendStatus(200);
  for (const { value } of parsed.entry.flatMap(({ changes }) => changes)) {
    for (const { from, text } of value.messages) {
      answer(value.metadata.phone_number_id, from, text.body).catch(
        (error: unknown) => void process.stderr.write(`${String(error)}\n`),
      );
    }
  }
});
app.listen(Number(PORT), '127.0.0.1');
process.on('disconnect', () => process.exit(0));

async function answer(account: string, phone: string, text: string): Promise<void> {
  const transcript = transcripts.get(phone) ?? [];
  transcripts.set(phone, transcript);
  transcript.push({ role: 'user', content: text });
  const response = await openai.responses.create({
    model: 'bench',
    instructions: 'You answer for a bakery.',
    input: transcript.slice(-REMEMBERED),
  });
  const { reply } = modelReply.parse(JSON.parse(response.output_text));
  const sent = await fetch(`${GRAPH_URL}/${account}/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer bench', 'content-type': 'application/json' },
    body: JSON.stringify({
      messaging_product: 'whatsapp',
      to: phone,
      type: 'text',
      text: { body: reply },
    }),
  });
  if (!sent.ok) throw new Error(`Meta answered ${sent.status}`);
  await sent.json();
  transcript.push({ role: 'assistant', content: reply });
}

function isSigned(body: Buffer, signature: string): boolean {
  const expected = Buffer.from(
    `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`,
  );
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
