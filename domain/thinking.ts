/** The names of the tags in which models think aloud, as their makers document them. */
const NAMES = 'think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad';

/** An opening or closing tag of thoughts: `<think>`, Mistral's `[THINK]` and Kimi's `◁think▷`. */
const TAG = new RegExp(
  String.raw`<\s*(?<a>/?)\s*(?:${NAMES})\b[^<>\n]{0,100}>|◁\s*(?<b>/?)\s*(?:${NAMES})\s*▷|\[(?<c>/?)(?:THINK|think)\]`,
  'giu',
);

/**
 * Everything before the channel that is meant for the reader, and the other tokens of that format (OpenAI's Harmony).
 */
const BEFORE_FINAL = /^[^]*<\|channel\|>\s*final[^<]*<\|message\|>/u;
const TOKEN = /<\|[^|<>\n]{1,40}\|>/gu;

/**
 * The text without what a model only thought: whatever stands between such tags, even nested; all that follows one that
 * is never closed; and all before one that is closed without having been opened, because some servers hold back the
 * opening tag.
 */
export function withoutThinking(text: string): string {
  let before: string;
  let after = text;
  // What is cut out can bring the halves of another tag together.
  do {
    before = after;
    after = cutOnce(before.replace(BEFORE_FINAL, '').replace(TOKEN, ''));
  } while (after !== before);
  return after;
}

function cutOnce(text: string): string {
  let kept = '';
  let depth = 0;
  let from = 0;
  for (const match of text.matchAll(TAG)) {
    if (depth === 0) kept += text.slice(from, match.index);
    from = match.index + match[0].length;
    const isClosing = [match.groups?.a, match.groups?.b, match.groups?.c].includes('/');
    if (isClosing && depth === 0) kept = '';
    depth = Math.max(0, depth + (isClosing ? -1 : 1));
  }
  return depth === 0 ? kept + text.slice(from) : kept;
}
