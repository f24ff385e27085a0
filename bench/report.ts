import type { Figures } from './figures.ts';
import type { Results } from './results.ts';

type Table = readonly (readonly string[])[];

/** The results for people: the machine, the figures of each part, and the targets. */
export function reportOf({ machine, temporal, size, load, figures, targets }: Results): string {
  const { cores, cpu, memoryGiB, node } = machine;
  const facts = `${cores} cores (model ${cpu}), ${memoryGiB} GiB, Node ${node}, Temporal: ${temporal}, ${size} run`;
  const sections = [
    facts,
    section('The machine meanwhile, as shares of all cores', loadTable(load)),
    ...figureSections(figures),
    section('Targets', [
      ['', 'wanted', 'measured', ''],
      ...targets.map((one) => [one.name, one.wanted, one.measured, one.isMet ? 'met' : 'MISSED']),
    ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function loadTable(load: Results['load']): Table {
  const rows = Object.entries(load).map(([part, facts]) => [
    part,
    ...[
      facts.seconds,
      facts.busyShare,
      facts.foreignShare,
      facts.stolenShare,
      ...facts.loadAverage,
    ].map(String),
  ]);
  return [['', 'seconds', 'busy', 'foreign', 'stolen', 'load before', 'load after'], ...rows];
}

function figureSections({
  turns,
  latency,
  acknowledgement,
  events,
  recovery,
  erase,
  purge,
  memory,
}: Partial<Figures>): string[] {
  return [
    ...(turns === undefined ? [] : [section('Turns, the model taking no time', columns(turns))]),
    ...(latency === undefined ? [] : [section('Latency with a slow model', columns(latency))]),
    ...(acknowledgement === undefined
      ? []
      : [section('Acknowledgement', columns({ ...acknowledgement }))]),
    ...(events === undefined ? [] : [section('History events', columns({ ...events }))]),
    ...(recovery === undefined
      ? []
      : [section('After kill -9 of the worker', columns({ '': recovery }))]),
    ...(erase === undefined ? [] : [section('Erasing one person', columns(erase))]),
    ...(purge === undefined ? [] : [section('Purging who was silent', columns(purge))]),
    ...(memory === undefined ? [] : [section('Memory of the worker', columns({ '': memory }))]),
  ];
}

/** Things side by side, a row for each of their figures; figures within figures get a row each. */
function columns(things: Readonly<Record<string, object | null>>): Table {
  const names = Object.keys(things);
  const flat = names.map((name) => new Map(leaves(things[name] ?? {}, [])));
  const rows = new Set(flat.flatMap((figures) => [...figures.keys()]));
  return [
    ['', ...names],
    ...[...rows].map((row) => [row, ...flat.map((figures) => figures.get(row) ?? '-')]),
  ];
}

function leaves(value: object, path: readonly string[]): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]): [string, string][] => {
    const here = [...path, name];
    if (typeof inner === 'object' && inner !== null) return leaves(inner, here);
    return [[here.join(' '), inner === null ? '-' : JSON.stringify(inner)]];
  });
}

function section(title: string, table: Table): string {
  return `${title}\n${aligned(table)}`;
}

function aligned(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return table.map((row) => `  ${line(row)}`.trimEnd()).join('\n');
}
