/** Writes docs/data-inventory.md from domain/inventory.ts when it is run as a program: `npm run docs:inventory`. */
import { writeFileSync } from 'node:fs';
import { FILES, PAYLOAD_FIELDS, RECIPIENTS, TABLES } from '../../domain/inventory.ts';
import type { TableRule } from '../../domain/inventory.ts';
import { LOG_FIELDS } from '../../lib/log.ts';
import { METRIC_LABELS } from '../../lib/metrics.ts';

const PAGE = new URL('../../docs/data-inventory.md', import.meta.url);

/** The page, in full. */
export function dataInventoryPage(): string {
  return `${[
    '# Data inventory',
    'Every place that can hold something about a person. This page is written by `npm run docs:inventory` from `domain/inventory.ts`; a test compares the two, and others compare the map with the database, with the payloads of recorded workflows and with the types.',
    '"Promises" are the clauses of the published policy that a place serves or touches. What is kept as long as the subject goes by itself when they have been silent for long enough: see [retentionPurge](workflows/retention-purge.md).',
    '## Tables',
    'In the order in which an erasure removes them.',
    ...Object.entries(TABLES).map(([name, rule]) => tableSection(name, rule)),
    '## Payloads in Temporal',
    'The fields that arguments, results, signals and failures may have. All of them are sealed on top of that.',
    table(['field', 'form'], Object.entries(PAYLOAD_FIELDS)),
    '## Logs and metrics',
    `Log lines carry these fields and no others: ${listed(LOG_FIELDS)}, and of an error its class, its code and the places in our code. Temporal's native client writes warnings of its own, as plain text, when its server is away; what it knows is ids of ours.`,
    `Metrics have these labels: ${listed(METRIC_LABELS)}. Their values are fixed words.`,
    '## Files',
    table(
      ['file', 'holds', 'personal'],
      Object.entries(FILES).map(([name, { holds, personal }]) => [
        name,
        holds,
        personal ? 'yes' : 'no',
      ]),
    ),
    '## Recipients',
    table(
      ['who', 'receives', 'promises'],
      Object.entries(RECIPIENTS).map(([who, { receives, promises }]) => [
        who,
        receives,
        promises.join(', '),
      ]),
    ),
  ].join('\n\n')}\n`;
}

function tableSection(name: string, rule: TableRule<Record<string, unknown>>): string {
  const { purpose, promises, retention, eraser, columns } = rule;
  const erased = eraser.by === 'subject column' ? `by \`${eraser.column}\`` : 'nothing to erase';
  const exported = rule.export === 'yes' ? 'yes' : `no: ${rule.export.not}`;
  return [
    `### ${name}`,
    [
      `- For: ${purpose}`,
      `- Promises: ${promises.join(', ')}`,
      `- Kept: ${retention}`,
      `- Erased: ${erased}`,
      `- In a person's copy of their data: ${exported}`,
    ].join('\n'),
    table(
      ['column', 'holds'],
      Object.entries(columns).map(([column, category]) => [`\`${column}\``, category]),
    ),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

if (import.meta.main) writeFileSync(PAGE, dataInventoryPage());
