import type { ModelReply } from '../domain/model-reply.ts';
import { wordsOf } from '../lib/assistant/words.ts';
import { readKnowledgeBlock } from '../lib/llm/knowledge-block.ts';
import type { ShownPassage } from '../lib/llm/knowledge-block.ts';
import type { ReplyRequest } from '../lib/llm/reply-model.ts';

const INTRODUCTION =
  'I am a small stand-in model: no model key is set, so I answer with sentences from the knowledge folder.';
const UNKNOWN = 'I do not know that. A person can help you: I am passing this on.';
const PARTLY_UNKNOWN =
  'The rest of what you asked I do not know. Write "human" if you want a person to answer it.';

/** A passage fits when it holds this share of what the question's words weigh. */
const FITTING_SHARE = 0.3;
const MAX_PASSAGES = 3;
const MIN_SENTENCES = 2;
const MAX_SENTENCES = 4;

/** Words of greeting and thanks in a few languages, folded as wordsOf gives them. They ask for nothing. */
const SMALL_TALK = new Set(
  wordsOf(
    `hi hello hey again good morning afternoon evening day thanks thank much bye goodbye ok okay yes great nice
    hallo guten tag morgen abend danke tschuss hola buenas buenos dias tardes gracias adios
    ola bom dia boa tarde obrigado obrigada tchau bonjour salut bonsoir merci au revoir`,
  ),
);

/**
 * Answers with sentences of the passages in its instructions, chosen by the words they share with the question.
 * It says what it is in its first reply, makes nothing up, and hands off what the passages do not answer.
 */
export function standInReply({ instructions, turns }: ReplyRequest): ModelReply {
  const lastReply = turns.findLastIndex(({ role }) => role === 'assistant');
  const questions = turns.slice(lastReply + 1).map(({ text }) => text);
  const { reply, action } = answerTo(questions, readKnowledgeBlock(instructions));
  return { reply: lastReply < 0 ? `${INTRODUCTION}\n\n${reply}` : reply, action };
}

function answerTo(questions: readonly string[], passages: readonly ShownPassage[]): ModelReply {
  const weigh = weights(passages);
  const answers = new Map<ShownPassage, { score: number; text: string }>();
  const unanswered: string[] = [];
  for (const question of questions) {
    const words = [...new Set(wordsOf(question))].filter((word) => !SMALL_TALK.has(word));
    const best = bestPassage(words, passages, weigh);
    if (best) {
      const text = bestSentences(best.passage, words, weigh);
      answers.set(best.passage, { score: best.score, text });
    } else if (words.length > 0) {
      unanswered.push(question);
    }
  }
  const scores = [...answers.values()].map(({ score }) => score).toSorted((a, b) => b - a);
  const least = scores[MAX_PASSAGES - 1] ?? 0;
  const found = [...answers.values()]
    .filter(({ score }) => score >= least)
    .slice(0, MAX_PASSAGES)
    .map(({ text }) => text);
  if (found.length > 0) {
    // People send one thought in several messages, so only a question of its own counts as unanswered.
    const isPartial = unanswered.some((question) => question.includes('?'));
    const reply = [...found, ...(isPartial ? [PARTLY_UNKNOWN] : [])].join('\n\n');
    return { reply, action: 'continue' };
  }
  return unanswered.length > 0
    ? { reply: UNKNOWN, action: 'handoff' }
    : { reply: topics(passages), action: 'continue' };
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

/** The same word, or long words with the same beginning: "deliver" and "delivery". */
function isAlike(one: string, other: string): boolean {
  if (one === other) return true;
  return (
    Math.min(one.length, other.length) >= 4 && (one.startsWith(other) || other.startsWith(one))
  );
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
function bestSentences({ text }: ShownPassage, words: readonly string[], weigh: Weigh): string {
  const ranked = sentences(text).map((sentence, index) => ({
    sentence,
    index,
    score: shared(words, sentence).reduce((total, word) => total + weigh(word), 0),
  }));
  const fitting = ranked.filter(({ score }) => score > 0).length;
  return ranked
    .toSorted((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, Math.min(Math.max(fitting, MIN_SENTENCES), MAX_SENTENCES))
    .toSorted((a, b) => a.index - b.index)
    .map(({ sentence }) => sentence)
    .join(' ');
}

/** Sentences without Markdown's marks. A list item is one, and gets its full stop. */
function sentences(text: string): string[] {
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
