import MiniSearch from 'minisearch';

import type { Passage } from '../../domain/assistant.ts';
import { wordsOf } from './words.ts';

/** A question is cut to this many characters before it is looked up. */
const MAX_QUERY_LENGTH = 2000;

/** No look-up gives more passages than this. */
const MAX_RESULTS = 20;

/** What the business knows, held in memory and searched by words (BM25), without any service. */
export interface Knowledge {
  /** How many passages there are. */
  size: number;
  /** The passages that fit the question best, best first; none when no word of it is known. */
  search(query: string, limit: number): Passage[];
  /**
   * What to show the model for a question, in at most `maxLength` UTF-16 units of title and text: everything when it all
   * fits, so that a question in another language or one that leans on the turn before loses nothing; else the best.
   */
  select(query: string, maxLength: number): Passage[];
}

/** Builds the index once; it does not change afterwards. */
export function createKnowledge(passages: readonly Passage[]): Knowledge {
  const index = new MiniSearch<Passage & { id: number }>({
    fields: ['title', 'text'],
    tokenize: wordsOf,
    processTerm: (term) => term,
    searchOptions: {
      boost: { title: 2 },
      prefix: (term) => term.length > 3,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      weights: { prefix: 0.5, fuzzy: 0.3 },
    },
  });
  index.addAll(passages.map((passage, id) => ({ id, ...passage })));
  const total = passages.reduce((sum, passage) => sum + lengthOf(passage), 0);

  const search = (query: string, limit: number): Passage[] =>
    index
      .search(query.slice(0, MAX_QUERY_LENGTH))
      .slice(0, Math.max(0, Math.min(limit, MAX_RESULTS)))
      .flatMap(({ id }) => passages[id as number] ?? []);

  return {
    size: passages.length,
    search,
    select(query, maxLength) {
      if (total <= maxLength) return [...passages];
      let left = maxLength;
      return search(query, MAX_RESULTS).filter((passage) => {
        if (lengthOf(passage) > left) return false;
        left -= lengthOf(passage);
        return true;
      });
    },
  };
}

function lengthOf({ title, text }: Passage): number {
  return title.length + text.length;
}
