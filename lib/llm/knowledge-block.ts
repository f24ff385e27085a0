import { z } from 'zod';

import type { Passage } from '../../domain/assistant.ts';

const OPEN = '<knowledge>';
const CLOSE = '</knowledge>';

const line = z.object({ title: z.string(), text: z.string() });

/** A passage as the model sees it. File names stay with us. */
export type ShownPassage = z.infer<typeof line>;

/**
 * The passages as one block of the instructions: a JSON object per line between two tags.
 * `<` is written as an escape inside, so that no text can close the block and go on as an instruction.
 */
export function writeKnowledgeBlock(passages: readonly Pick<Passage, 'title' | 'text'>[]): string {
  const lines = passages.map(({ title, text }) =>
    JSON.stringify({ title, text }).replaceAll('<', '\\u003c'),
  );
  return [OPEN, ...lines, CLOSE].join('\n');
}

/** The passages of the block in these instructions, or none when there is no block. Throws if a line is not a passage. */
export function readKnowledgeBlock(instructions: string): ShownPassage[] {
  const lines = instructions.split('\n');
  const end = lines.lastIndexOf(CLOSE);
  const start = end < 0 ? -1 : lines.lastIndexOf(OPEN, end);
  if (start < 0) return [];
  return lines.slice(start + 1, end).map((text) => line.parse(JSON.parse(text)));
}
