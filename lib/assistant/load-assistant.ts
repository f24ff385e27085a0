import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';

import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

import { assistantFile } from '../../domain/assistant.ts';
import type { AssistantFile } from '../../domain/assistant.ts';
import { createKnowledge } from './knowledge.ts';
import type { Knowledge } from './knowledge.ts';
import { SettingsError } from '../config.ts';
import { loadKnowledge } from './load-knowledge.ts';

/** The assistant file with its knowledge read and indexed. */
export type Assistant = Omit<AssistantFile, 'knowledge'> & { knowledge: Knowledge };

const MAX_FILE_LENGTH = 256 * 1024;

/** One thing to repair: where in the file, and what to do. */
interface Problem {
  path: readonly PropertyKey[];
  what: string;
}

/**
 * Reads the assistant file and the knowledge folder beside it.
 * Throws one SettingsError that lists every problem as `assistant.yaml:LINE: path: what to do`, a line each.
 */
export async function loadAssistant(path: string): Promise<Assistant> {
  const name = basename(path);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SettingsError(
      `ASSISTANT_FILE: ${path}: cannot be read (${error.code ?? 'unknown error'})`,
    );
  });
  if (text.length > MAX_FILE_LENGTH)
    throw new SettingsError(`${name}: move text into the knowledge folder`);

  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    throw new SettingsError(
      faults
        .map(({ pos, message }) => `${name}:${lines.linePos(pos[0]).line}: not YAML: ${message}`)
        .join('\n'),
    );
  }
  const refuse = (problems: readonly Problem[]): never => {
    const listed = problems.map(({ path: at, what }) => ({
      line: lineOf(document, lines, at),
      at,
      what,
    }));
    listed.sort((a, b) => a.line - b.line);
    throw new SettingsError(
      listed.map(({ line, at, what }) => `${name}:${line}: ${pathText(at)}: ${what}`).join('\n'),
    );
  };

  const parsed = assistantFile.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!parsed.success) return refuse(parsed.error.issues.flatMap(problemsOf));

  const { knowledge: folder, ...rest } = parsed.data;
  const { passages, problems } = await loadKnowledge(resolve(dirname(path), folder));
  if (problems.length > 0) return refuse(problems.map((what) => ({ path: ['knowledge'], what })));
  return { ...rest, knowledge: createKnowledge(passages) };
}

/** An unknown key is reported at the key itself, not at the map that holds it. */
function problemsOf(issue: {
  path: readonly PropertyKey[];
  message: string;
  keys?: readonly string[];
}): Problem[] {
  if (issue.keys === undefined) return [{ path: issue.path, what: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], what: issue.message }));
}

function pathText(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'file' : path.map(String).join('.');
}

/** The line of the deepest part of the path that the file has: a missing key is reported at the map it belongs in. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = isMap(node) || isSeq(node) || isScalar(node) ? startOf(node) : 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (!pair) break;
      offset = startOf(pair.key as Node);
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number' && key < node.items.length) {
      node = node.items[key];
      if (isMap(node) || isSeq(node) || isScalar(node)) offset = startOf(node);
    } else {
      break;
    }
  }
  return lines.linePos(offset).line;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
