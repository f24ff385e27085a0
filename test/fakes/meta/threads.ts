import { graphError } from './graph-bodies.ts';
import type { Answer } from './behaviour.ts';

/** How one reading of a thread is answered: `lags` leaves the newest text out, `empty` knows no thread. */
export type ThreadBehaviour = 'ok' | 'lags' | 'empty' | { status: number; body: unknown };

/** Instagram tells details of this many messages of a thread. */
const NEWEST = 20;
const FIELDS = 'messages{id,created_time,from,message}';

interface ThreadText {
  at: Date;
  account: string;
  to: string;
  text: string;
}

/** What a thread looks like to the account: the person wrote first, and then what they received. */
export function threadAnswer<Text extends ThreadText>(
  query: URLSearchParams,
  account: string,
  sent: readonly Text[],
  { behaviour, idOf }: { behaviour: ThreadBehaviour; idOf: (sent: Text) => string },
): Answer {
  if (typeof behaviour === 'object') return behaviour;
  const person = query.get('user_id') ?? '';
  const isDocumented = query.get('platform') === 'instagram' && query.get('fields') === FIELDS;
  if (!isDocumented || !/^\d+$/.test(person))
    return graphError({ code: 100, message: 'Invalid parameter' });
  if (behaviour === 'empty') return { status: 200, body: { data: [] } };
  const theirs = sent.filter(({ to, account: from }) => to === person && from === account);
  const shown = behaviour === 'lags' ? theirs.slice(0, -1) : theirs;
  const first = {
    id: 'aWdfZAG1fZAXRlbTo',
    created_time: graphTime(new Date(Date.now() - 86_400_000)),
  };
  const messages = [
    ...shown.toReversed().map((one) => ({
      id: idOf(one),
      created_time: graphTime(one.at),
      from: { username: 'example.bakery', id: account },
      message: one.text,
    })),
    { ...first, from: { username: 'test.person', id: person }, message: 'hello' },
  ];
  const conversation = {
    id: 'aWdfZAG06MTpJR01lc3NhZA2VUaHJlYWQ',
    messages: { data: messages.slice(0, NEWEST) },
  };
  return { status: 200, body: { data: [conversation] } };
}

/** The Graph API counts in whole seconds and writes the offset without a colon. */
function graphTime(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, '+0000');
}
