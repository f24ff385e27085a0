import type { Language } from './assistant.ts';
import { withoutCourtesy } from './courtesy.ts';
import { plainWords } from './plain-words.ts';
import { WISHES_DE } from './wishes/de.ts';
import { WISHES_EN } from './wishes/en.ts';
import { WISHES_ES } from './wishes/es.ts';
import { WISHES_FR } from './wishes/fr.ts';
import { WISHES_PT } from './wishes/pt.ts';
import type { ChatWish, Wishes } from './wishes/wishes.ts';

const WISHES: Record<Language, Wishes> = {
  en: WISHES_EN,
  de: WISHES_DE,
  es: WISHES_ES,
  fr: WISHES_FR,
  pt: WISHES_PT,
};

/** A person who asks for several things is offered the one that cannot be had otherwise. */
const BY_WEIGHT: readonly ChatWish[] = ['delete my data', 'my data', 'human', 'stop'];

/** A wish is short; what is longer tells a story. In characters of the text, and words of a clause. */
const LONGEST_TEXT = 2_000;
const LONGEST_CLAUSE = 40;

const CLAUSE_ENDS = /[,;:!?¡¿\n\r()"“”„«»…–—]+|\.(?=\s|$)|\s-\s/u;
/** A comma before these divides no clauses: "alles, was Sie über mich wissen". */
const CLOSER = /,\s*(?=(?:was|die|which|that|que|mir|mich)\s)/giu;
/** "Art. 17" is no end of a sentence. */
const SHORT_WORDS = /\b(art|abs|no|nr)\.\s*/giu;

/** What a sentence wishes for in ordinary words, or null: "please delete all my data", "¿pueden borrar mis datos?". */
export function recogniseWish(text: string, language: Language): ChatWish | null {
  const clauses = clausesOf(text).map((clause) => withoutCourtesy(clause, language));
  const { unless, ...wishes } = WISHES[language];
  const isWished = (wish: ChatWish, clause: string) => {
    // People ask us to stop with the very words that deny, and ask about data with the words of a question.
    if ((wish === 'delete my data' || wish === 'human') && unless.test(clause)) return false;
    return wishes[wish].some((pattern) => pattern.test(clause));
  };
  return BY_WEIGHT.find((wish) => clauses.some((clause) => isWished(wish, clause))) ?? null;
}

function clausesOf(text: string): string[] {
  if (text.length > LONGEST_TEXT) return [];
  return text
    .replaceAll(SHORT_WORDS, '$1 ')
    .replaceAll(CLOSER, ' ')
    .split(CLAUSE_ENDS)
    .map(plainWords)
    .filter((clause) => clause !== '' && clause.split(' ').length <= LONGEST_CLAUSE);
}
