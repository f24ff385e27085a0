import type { ModelReply } from '../../domain/model-reply.ts';
import { wordsOf } from '../../lib/assistant/words.ts';
import { readKnowledgeBlock } from '../../lib/llm/knowledge-block.ts';
import type { ShownPassage } from '../../lib/llm/knowledge-block.ts';
import type { ReplyRequest } from '../../lib/llm/reply-model.ts';
import { asksWhoWrites, questionsIn, sentencesOf } from './stand-in-questions.ts';
import type { Question } from './stand-in-questions.ts';

const INTRODUCTION =
  'I am a small stand-in model: no model key is set, so I answer with sentences from the knowledge folder.';
const UNKNOWN =
  'The knowledge folder has no answer to that. Write HUMAN if you want a person to answer it.';
const PARTLY_UNKNOWN =
  'To the rest of what you asked the knowledge folder has no answer. Write HUMAN if you want a person to answer it.';
const MACHINE =
  'I am an automated assistant, not a person: a small stand-in for a language model. Write HUMAN if you want a person.';

/** A passage fits when it holds this share of what the question's words weigh. */
const FITTING_SHARE = 0.3;
/**
 * How many answers one reply holds, and how many sentences each of them has: fewer when there are more than two
 * answers.
 */
const MAX_ANSWERS = 5;
const MIN_SENTENCES = 2;
const MAX_SENTENCES = 4;

/**
 * Answers with sentences of the passages in its instructions, chosen by the words they share with the question.
 * It says what it is in its first reply and when it is asked, makes nothing up, and says what the passages do not answer.
 */
export function standInReply({ instructions, turns }: ReplyRequest): ModelReply {
  const lastReply = turns.findLastIndex(({ role }) => role === 'assistant');
  const messages = turns.slice(lastReply + 1).map(({ text }) => text);
  const reply = answerTo(messages, readKnowledgeBlock(instructions));
  return {
    reply: lastReply < 0 ? `${INTRODUCTION}\n\n${reply}` : reply,
    action: 'continue',
  };
}

function answerTo(messages: readonly string[], passages: readonly ShownPassage[]): string {
  const weigh = weights(passages);
  const sentences = sentencesOf(messages);
  const isAboutUs = sentences.some(asksWhoWrites);
  const questions = questionsIn(sentences.filter((sentence) => !asksWhoWrites(sentence)));
  const found = questions.map((question) => ({
    question,
    best: bestFor(question, passages, weigh),
  }));
  const answers = answersOf(found, weigh);
  // People send one thought in several messages, so only a question of its own counts as unanswered.
  const isOpen = found.some(({ question, best }) => best === null && question.isAsked);
  if (answers.length === 0 && !isAboutUs) return questions.length > 0 ? UNKNOWN : topics(passages);
  return [...(isAboutUs ? [MACHINE] : []), ...answers, ...(isOpen ? [PARTLY_UNKNOWN] : [])].join(
    '\n\n',
  );
}

interface Fit {
  passage: ShownPassage;
  score: number;
  words: readonly string[];
}

/** The words beside a question count where they do not lead elsewhere: "about Saturday" before "when do you open?". */
function bestFor(
  { words, aside }: Question,
  passages: readonly ShownPassage[],
  weigh: Weigh,
): Fit | null {
  const best = bestPassage(words, passages, weigh);
  if (aside.length === 0) return best && { ...best, words };
  const together = [...new Set([...words, ...aside])];
  const wider = bestPassage(together, passages, weigh);
  if (best === null) return wider && { ...wider, words: together };
  return { ...best, words: wider?.passage === best.passage ? together : words };
}

/** One answer a passage, in the order in which they are asked for. */
function answersOf(found: readonly { best: Fit | null }[], weigh: Weigh): string[] {
  const asked = new Map<ShownPassage, Set<string>>();
  for (const { best } of found) {
    if (best === null) continue;
    const words = asked.get(best.passage) ?? new Set<string>();
    for (const word of best.words) words.add(word);
    asked.set(best.passage, words);
  }
  const most = asked.size > 2 ? MIN_SENTENCES : MAX_SENTENCES;
  return [...asked]
    .slice(0, MAX_ANSWERS)
    .map(([passage, words]) => bestSentences(passage, [...words], weigh, most));
}

type Weigh = (word: string) => number;

/** A word weighs more the fewer passages have it; one that none has weighs most. */
function weights(passages: readonly ShownPassage[]): Weigh {
  const sets = passages.map(({ title, text }) => wordsOf(`${title} ${text}`));
  return (word) => {
    const holders = sets.filter((words) => words.some((other) => isAlike(word, other))).length;
    return Math.log(1 + (passages.length + 1) / (holders + 1));
  };
}

/** The same word, or one is the beginning of the other: "deliver" and "delivery", "open" and "opening", not "free" and "freezer". */
function isAlike(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (short.length < 4 || !long.startsWith(short)) return false;
  return short.length > 5 || /^(?:e?s|e?d|e?r|e?n|ing|l?y)$/.test(long.slice(short.length));
}

function shared(words: readonly string[], text: string): string[] {
  const others = wordsOf(text);
  return words.filter((word) => others.some((other) => isAlike(word, other)));
}

function bestPassage(
  words: readonly string[],
  passages: readonly ShownPassage[],
  weigh: Weigh,
): { passage: ShownPassage; score: number } | null {
  const sum = (some: readonly string[]) => some.reduce((total, word) => total + weigh(word), 0);
  const enough = FITTING_SHARE * sum(words);
  let best: { passage: ShownPassage; score: number } | null = null;
  for (const passage of passages) {
    const fit = sum(shared(words, `${passage.title} ${passage.text}`));
    const score = fit + sum(shared(words, passage.title)) / 2;
    if (fit >= enough && score > (best?.score ?? 0)) best = { passage, score };
  }
  return best;
}

/** The sentences (or list items) that share most with the question, in their own order. */
function bestSentences(
  { text }: ShownPassage,
  words: readonly string[],
  weigh: Weigh,
  most: number,
): string {
  const ranked = sentencesIn(text).map((sentence, index) => ({
    sentence,
    index,
    score: shared(words, sentence).reduce((total, word) => total + weigh(word), 0),
  }));
  const fitting = ranked.filter(({ score }) => score > 0).length;
  return ranked
    .toSorted((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, Math.min(Math.max(fitting, MIN_SENTENCES), most))
    .toSorted((a, b) => a.index - b.index)
    .map(({ sentence }) => sentence)
    .join(' ');
}

/** Sentences without Markdown's marks. A list item is one, and gets its full stop. */
function sentencesIn(text: string): string[] {
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
  return text
    .replace(/\n(?!\s*(?:[-*+]|\d+\.)\s|\n)/g, ' ')
    .split(/\n+/)
    .map((line) => line.replace(/^\s*(?:[-*+]|\d+\.)\s+/, '').replaceAll(/\*\*|__|`/g, ''))
    .flatMap((line) => [...segmenter.segment(line)].map(({ segment }) => segment.trim()))
    .filter(Boolean)
    .map((sentence) => (/[.!?:;]$/.test(sentence) ? sentence : `${sentence}.`));
}

function topics(passages: readonly ShownPassage[]): string {
  const titles = [...new Set(passages.map(({ title }) => title.replace(/ > .*$/, '')))].slice(0, 8);
  return titles.length > 0
    ? `Hello! You can ask me about: ${titles.join(', ')}.`
    : 'Hello! What would you like to know?';
}
