import { readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

/** A file of the checkout, as text. */
export function checkoutFile(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The rows of the first table under a heading of a page, each by the names of the columns, without code marks. */
export function tableUnder(page: string, heading: string): Record<string, string>[] {
  const lines = checkoutFile(page).split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`${page} has no heading "${heading}"`);
  const from = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  const [names = [], , ...rows] = lines
    .slice(from, length < 0 ? undefined : from + length)
    .map(cells);
  return rows.map((row) =>
    Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])),
  );
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'));
}
