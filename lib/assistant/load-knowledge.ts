import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

import type { Passage } from '../../domain/assistant.ts';
import { markdownPassages } from './markdown-passages.ts';

const MAX_FILES = 200;
const MAX_FILE_BYTES = 256 * 1024;
const MAX_PASSAGES = 5000;

/** Passages, or what to do about the folder, each line naming the file it is about. */
export type KnowledgeFolder = { passages: Passage[]; problems: string[] };

/**
 * Reads every Markdown file of a folder and its subfolders, in the order of their names.
 * What is wrong with the folder is returned, not thrown: the operator should see all of it at once.
 */
export async function loadKnowledge(folder: string): Promise<KnowledgeFolder> {
  const problem = (what: string) => ({ passages: [], problems: [what] });
  const entry = await stat(folder).catch(absent);
  if (!entry?.isDirectory()) return problem('create this folder, there is none of that name');

  const names = await markdownNames(folder);
  if (names.length === 0) return problem('put at least one Markdown file (.md) into this folder');
  if (names.length > MAX_FILES) return problem(`keep at most ${MAX_FILES} files in this folder`);

  const passages: Passage[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const read = await readMarkdown(join(folder, name));
    if (typeof read === 'string') passages.push(...markdownPassages(read, name));
    else problems.push(`${name}: ${read.problem}`);
  }
  if (problems.length === 0 && passages.length === 0)
    return problem('write something into the files');
  if (passages.length > MAX_PASSAGES) return problem(`shorten it to ${MAX_PASSAGES} passages`);
  return { passages, problems };
}

/** Links are followed and dotted folders left out: a mounted ConfigMap consists of links into `..data`. */
async function markdownNames(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .map((name) => name.split(sep).join('/'))
    .filter((name) => /\.md$/i.test(name) && !name.split('/').some((part) => part.startsWith('.')))
    .toSorted();
}

async function readMarkdown(path: string): Promise<string | { problem: string }> {
  const entry = await stat(path).catch(absent);
  if (!entry?.isFile()) return { problem: 'it must be a file' };
  if (entry.size > MAX_FILE_BYTES)
    return { problem: `split it, ${MAX_FILE_BYTES} bytes is the most` };
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { problem: 'save it as UTF-8' };
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
