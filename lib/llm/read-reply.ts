import { modelReply } from '../../domain/model-reply.ts';
import type { ModelReply } from '../../domain/model-reply.ts';
import { withoutThinking } from '../../domain/thinking.ts';

/** More opening braces than this are not looked at: the work for an answer stays small, whatever it holds. */
const MOST_OBJECTS = 50;

/**
 * The reply in what a model wrote: the first whole JSON object that is one, wherever it stands. Models put it in a Markdown
 * fence, between prose or after their thoughts, and say it as text once more. Null when there is none.
 */
export function readReply(text: string): ModelReply | null {
  const reply = replyOf(parsed(text.trim())) ?? firstIn(withoutThinking(text));
  return reply === null ? null : (firstIn(reply.reply) ?? reply);
}

function firstIn(text: string): ModelReply | null {
  let opened = -1;
  for (let count = 0; count < MOST_OBJECTS; count += 1) {
    opened = text.indexOf('{', opened + 1);
    if (opened < 0) return null;
    const closed = endOfObject(text, opened);
    const reply = closed < 0 ? null : replyOf(parsed(text.slice(opened, closed + 1)));
    if (reply !== null) return reply;
  }
  return null;
}

/** Where the object that begins here ends; -1 when it does not. */
function endOfObject(text: string, opened: number): number {
  let depth = 0;
  let isInString = false;
  for (let at = opened; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function replyOf(value: unknown): ModelReply | null {
  return modelReply.safeParse(value).data ?? null;
}

/** Undefined when it is not JSON, which no schema accepts. Models break lines inside of strings, which JSON does not allow. */
function parsed(text: string): unknown {
  return parsedJson(text) ?? parsedJson(text.replace(/"(?:[^"\\]|\\[^])*"/g, escapeControls));
}

function escapeControls(quoted: string): string {
  return quoted.replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
}

/** The parser's error quotes the text, so it is not kept. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
