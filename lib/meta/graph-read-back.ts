import { z } from 'zod';
import type { GraphAnswer, GraphTransport } from './graph-transport.ts';
import type { SendAddress } from './graph-requests.ts';
import { metaId } from './meta-id.ts';
import { metaTime } from './meta-time.ts';

/** A text that the business sent, as Instagram shows it in the thread. */
export interface ShownText {
  providerId: string;
  text: string;
  at: Date;
}

export interface ThreadRequest {
  /** The business's own id. */
  account: string;
  person: SendAddress;
  /** From when on the thread must be whole. */
  since: Date;
}

/** The texts oldest first. `not read` also where what was read cannot show that something is missing. */
export type ThreadReading = { kind: 'read'; texts: readonly ShownText[] } | { kind: 'not read' };
export type ReadThread = (request: ThreadRequest) => Promise<ThreadReading>;

/** Instagram shows details of this many messages of a thread, the newest ones. */
const SHOWN_AT_MOST = 20;

const message = z.object({
  id: metaId,
  created_time: metaTime,
  from: z.object({ id: metaId }),
  message: z.string().nullish(),
});
const conversations = z.object({
  // Of messages before the newest ones, Meta may tell the ids alone.
  data: z.array(
    z.object({
      messages: z.object({
        data: z
          .array(z.unknown())
          .transform((all) => all.slice(0, SHOWN_AT_MOST))
          .pipe(z.array(message)),
      }),
    }),
  ),
});

/**
 * Reads what the business lately sent to one person on Instagram. Source: Instagram API with Instagram Login,
 * Conversations API. The thread may lag behind, so one reading without a text does not prove that it was not sent.
 */
export function createReadThread(
  transport: Pick<GraphTransport, 'get'>,
  { graphUrl, accessToken }: { graphUrl: string; accessToken: string },
): ReadThread {
  return async ({ account, person, since }) => {
    const query = new URLSearchParams({
      platform: 'instagram',
      user_id: person.value,
      fields: 'messages{id,created_time,from,message}',
    });
    const url = `${graphUrl.replace(/\/+$/, '')}/${encodeURIComponent(account)}/conversations?${query.toString()}`;
    const shown = messagesOf(await transport.get({ url, accessToken }));
    // A person who wrote to us has a thread, and it begins with them: nothing at all is no answer to our question.
    if (shown === null || shown.length === 0) return { kind: 'not read' };
    const reachesBack = shown.some(({ created_time: at }) => at < since);
    if (shown.length >= SHOWN_AT_MOST && !reachesBack) return { kind: 'not read' };
    const texts = shown
      .filter(({ from, message: text }) => from.id !== person.value && typeof text === 'string')
      .map((one) => ({ providerId: one.id, text: one.message ?? '', at: one.created_time }))
      // The newest come first, and times are whole seconds: reversed, those of the same second are in order as well.
      .toReversed()
      .sort((one, other) => one.at.getTime() - other.at.getTime());
    return { kind: 'read', texts };
  };
}

function messagesOf(answer: GraphAnswer): z.infer<typeof message>[] | null {
  if (answer.kind !== 'answered' || answer.status !== 200) return null;
  try {
    const parsed = conversations.safeParse(JSON.parse(answer.text));
    return parsed.data?.data.flatMap(({ messages }) => messages.data) ?? null;
  } catch {
    // Not JSON tells nothing of the thread; its text is never kept.
    return null;
  }
}
