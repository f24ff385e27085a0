import { plainWords } from '../../domain/plain-words.ts';
import { wordsOf } from '../../lib/assistant/words.ts';

/** One thing that is asked. `aside` are words said before or after it in fragments, which may say what it is about. */
export interface Question {
  words: string[];
  aside: string[];
  /** Whether it was put as a question, and not only said. */
  isAsked: boolean;
}

/** Words of greeting, thanks and announcement in a few languages, folded as wordsOf gives them. They ask for nothing. */
const SMALL_TALK = new Set(
  wordsOf(
    `hi hello hey again good morning afternoon evening day thanks thank much bye goodbye ok okay yes great nice please
    question questions more one another quick ask wonder wondering something know tell also start stop human
    hallo guten tag morgen abend danke tschuss frage fragen bitte hola buenas buenos dias tardes gracias adios pregunta
    ola bom dia boa tarde obrigado obrigada tchau pergunta bonjour salut bonsoir merci au revoir`,
  ),
);

const QUESTION_WORD = String.raw`(?:what|when|where|who|which|how|why|do|does|did|can|could|is|are|will|would|may|have|has|take|sell|offer|accept|make|wann|wo|was|wie|wer|kann|konnen|haben|gibt|ist|sind|cuando|donde|que|como|cuanto|puedo|tienen|quand|comment|combien|avez|puis|quando|onde|quanto|posso)`;
const BEGINS_QUESTION = new RegExp(String.raw`^(?:and |und |y |et |e )?${QUESTION_WORD}\b`, 'i');
const ENDS = new RegExp(
  String.raw`(?<=[?!.])\s+|\n+|,?\s+(?:and|und|et)\s+(?=${QUESTION_WORD}\b)`,
  'i',
);

/** The sentences of the messages, and the questions that one of them joins. What stands for a picture says nothing. */
export function sentencesOf(messages: readonly string[]): string[] {
  return messages
    .filter((message) => !/^\([a-z ]+\)$/.test(message))
    .flatMap((message) => message.split(ENDS));
}

/** What the sentences ask, in their order; greetings and announcements ask nothing. */
export function questionsIn(sentences: readonly string[]): Question[] {
  const questions: Question[] = [];
  let fragments: string[] = [];
  for (const sentence of sentences) {
    const words = meaningOf(sentence);
    if (words.length === 0) continue;
    const isAsked = sentence.includes('?') || BEGINS_QUESTION.test(plainWords(sentence));
    if (isAsked) {
      questions.push({ words, aside: fragments, isAsked });
      fragments = [];
    } else fragments = [...fragments, ...words];
  }
  const last = questions.at(-1);
  if (fragments.length > 0 && last === undefined)
    return [{ words: [...new Set(fragments)], aside: [], isAsked: false }];
  last?.aside.push(...fragments);
  return questions;
}

/** People who ask what something costs rarely say "price". */
const ASKS_PRICE =
  /\b(?:how much (?:is|are|for|does|do)|costs?|wie viel|kostet|cuanto|cuesta|combien|coute|quanto|custa)\b/;

function meaningOf(text: string): string[] {
  const words = [...new Set(wordsOf(text))].filter((word) => !SMALL_TALK.has(word));
  if (words.length === 0 || !ASKS_PRICE.test(plainWords(text))) return words;
  return [...new Set([...words, ...wordsOf('price euros')])];
}

const MACHINES =
  'bot|chatbot|robot|ai|machine|computer|program|chatgpt|roboter|ki|maschine|computer|maquina|ia|robo|programme';
const PEOPLE =
  'human|person|human being|mensch|person|humano|humana|persona|humain|humaine|personne|pessoa';
const WHO = new RegExp(
  String.raw`\b(?:are you|r u|is this|is that|am i (?:talking|speaking|writing|chatting) (?:to|with)|bist du|sind sie|ist das|eres|es usted|es esto|esto es|es tu|etes vous|est ce que vous etes|est ce|voce e|isto e|e)(?: really| just| even| denn| un| une| uma| um| una| ein| eine| a| an| real| actual)* (?:${MACHINES}|${PEOPLE}|real)\b`,
);

/** Whether a person wants to know if a machine writes. */
export function asksWhoWrites(sentence: string): boolean {
  return WHO.test(plainWords(sentence));
}
