import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { ReferenceActivities, Turn } from './activities.ts';

export const messageReceived = defineSignal<[text: string]>('messageReceived');

const { writeReply, sendReply } = proxyActivities<ReferenceActivities>({
  startToCloseTimeout: '1 minute',
});

const REMEMBERED = 20;

/** A conversation as most samples write it: the words travel as signals, a timer waits for the next, two activities answer. */
export async function chat(person: { account: string; phone: string }): Promise<void> {
  const transcript: Turn[] = [];
  const inbox: string[] = [];
  setHandler(messageReceived, (text) => void inbox.push(text));

  while (await condition(() => inbox.length > 0, '30 minutes')) {
    const said = inbox.splice(0).map((content): Turn => ({ role: 'user', content }));
    transcript.push(...said);
    const reply = await writeReply(transcript.slice(-REMEMBERED));
    await sendReply({ ...person, reply });
    transcript.push({ role: 'assistant', content: reply });
  }
}
