import OpenAI from 'openai';
import { z } from 'zod';

export interface Turn {
  role: 'user' | 'assistant';
  content: string;
}

export type ReferenceActivities = ReturnType<typeof createReferenceActivities>;

const modelReply = z.object({ reply: z.string() });

export function createReferenceActivities({
  modelUrl,
  graphUrl,
}: {
  modelUrl: string;
  graphUrl: string;
}) {
  const openai = new OpenAI({ apiKey: 'bench', baseURL: modelUrl, maxRetries: 0 });
  return {
    async writeReply(transcript: Turn[]): Promise<string> {
      const response = await openai.responses.create({
        model: 'bench',
        instructions: 'You answer for a bakery.',
        input: transcript,
      });
      return modelReply.parse(JSON.parse(response.output_text)).reply;
    },
    async sendReply({
      account,
      phone,
      reply,
    }: {
      account: string;
      phone: string;
      reply: string;
    }): Promise<void> {
      const response = await fetch(`${graphUrl}/${account}/messages`, {
        method: 'POST',
        headers: { authorization: 'Bearer bench', 'content-type': 'application/json' },
        body: JSON.stringify({
          messaging_product: 'whatsapp',
          to: phone,
          type: 'text',
          text: { body: reply },
        }),
      });
      if (!response.ok) throw new Error(`Meta answered ${response.status}`);
      await response.json();
    },
  };
}
