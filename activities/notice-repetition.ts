import type { Database } from '../store/database.ts';
import type { People } from '../store/people/people.ts';
import { readLastTurns, saysTheSame } from '../store/conversation/repeated-words.ts';
import { inTransaction } from '../store/transaction.ts';
import type { WaitingMessage } from '../store/conversation/turns.ts';

/**
 * Whether the same was said often enough in a row that another program may be answering our answers, as an away message
 * does. `repeated`: the person is to be told, once. `repeated, and told`: nothing more is said.
 */
export type Repetition = 'none' | 'repeated' | 'repeated, and told';
export type NoticeRepetition = (
  subjectId: string,
  waiting: readonly WaitingMessage[],
) => Promise<Repetition>;

/** How often the same words are answered, and within what time. People repeat a question once or twice. */
const ANSWERED_EQUALS = 3;
const WITHIN_MS = 30 * 60_000;

export function createNoticeRepetition(deps: {
  db: Database;
  people: People;
  /** Called for each turn that is not answered as usual. */
  onRepeated: (subjectId: string, repetition: Exclude<Repetition, 'none'>) => void;
}): NoticeRepetition {
  const { db, people, onRepeated } = deps;
  return async (subjectId, waiting) => {
    // A phrase proves who asks to be deleted, however often it comes.
    if (waiting.some(({ kind }) => kind === 'phrase')) return 'none';
    const turns = await inTransaction(db, async (trx) =>
      readLastTurns(trx, await people.cipher(trx, subjectId), ANSWERED_EQUALS),
    );
    const isSame = ({ messages }: (typeof turns)[number]) =>
      saysTheSame(messages, waiting) && saysTheSame(waiting, messages);
    const [latest] = turns;
    const isTold = latest?.origin === 'repetition notice' && isSame(latest);
    const isTooOften =
      turns.length === ANSWERED_EQUALS &&
      turns.every((turn) => isSame(turn) && turn.origin !== 'human' && turn.ageMs < WITHIN_MS);
    const repetition = isTold ? 'repeated, and told' : isTooOften ? 'repeated' : 'none';
    if (repetition !== 'none') onRepeated(subjectId, repetition);
    return repetition;
  };
}
