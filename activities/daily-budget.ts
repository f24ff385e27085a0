import { countReplies, countRepliesToAll } from '../store/conversation/budgets.ts';
import type { Database } from '../store/database.ts';

/** Whether the model may answer this person once more today, and if not, whether they were told. */
export type Budget = 'left' | 'spent' | 'spent, and told';
export type DailyBudget = (subjectId: string) => Promise<Budget>;

/** Everybody's replies are counted again after this long; between two counts each worker adds its own. */
const COUNT_EVERY_MS = 5_000;

/** Bounds what the model costs in a day: per person, so that nobody uses up what is everybody's, and in all. */
export function createDailyBudget(deps: {
  db: Database;
  perPerson: number;
  forAll: number;
  now: () => number;
  /** Called each time everybody's budget turns out to be spent after it was not. */
  onSpent: () => void;
}): DailyBudget {
  const { db, perPerson, forAll, now, onSpent } = deps;
  let counted = { replies: 0, at: -Infinity };
  let wasSpent = false;
  const isSpentForAll = async () => {
    if (now() - counted.at >= COUNT_EVERY_MS) {
      counted = { replies: await countRepliesToAll(db), at: now() };
    }
    const isSpent = counted.replies >= forAll;
    if (isSpent && !wasSpent) onSpent();
    wasSpent = isSpent;
    return isSpent;
  };
  return async (subjectId) => {
    const { replies, isTold } = await countReplies(db, subjectId);
    if (isTold) return 'spent, and told';
    if (replies >= perPerson || (await isSpentForAll())) return 'spent';
    counted.replies += 1;
    return 'left';
  };
}
