import { parseSync } from '@swc/core';

/** Whether a test file has a test of this full name: the names of the `describe`s around it first, with all places filled in. */
export function hasTest(source: string, fullName: string): boolean {
  const program = parseSync(source, { syntax: 'typescript', target: 'esnext' });
  return patternsIn(program, '').some((pattern) => new RegExp(`^${pattern}$`, 's').test(fullName));
}

interface Node {
  type?: string;
  /** Of a name or a text. */
  value?: unknown;
  quasis?: { cooked: string }[];
  callee?: Node;
  object?: Node;
  arguments?: { expression: Node }[];
}

function patternsIn(node: unknown, around: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const call = node as Node;
  const title = call.type === 'CallExpression' ? titleOf(call.arguments?.[0]?.expression) : null;
  const kind = title === null ? '' : rootOf(call);
  if (kind === 'test') return [`${around}${title}`];
  const within = kind === 'describe' ? `${around}${title} ` : around;
  return Object.values(node).flatMap((part) => patternsIn(part, within));
}

/** `test`, of `test.each(table)` as well. */
function rootOf({ type, value, callee, object }: Node): string {
  if (type === 'Identifier') return String(value);
  const next = callee ?? object;
  return next === undefined ? '' : rootOf(next);
}

/** As a pattern: jest fills in `%s` and its like, and `$name`. */
function titleOf(title: Node | undefined): string | null {
  if (title?.type === 'TemplateLiteral')
    return asPattern(title.quasis?.map(({ cooked }) => cooked).join('%s') ?? '');
  return title?.type === 'StringLiteral' ? asPattern(String(title.value)) : null;
}

function asPattern(title: string): string {
  return title
    .split(/%[a-z]|\$\w+/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.+');
}
