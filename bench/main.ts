/** `npm run bench`, or `npm run bench -- NAME…` for some parts alone. See docs/performance.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../local/postgres/embedded-server.ts';
import type { Bench } from './bench.ts';
import { PARTS } from './figures.ts';
import type { Figures } from './figures.ts';
import { machineFacts, watchLoad } from './measure/machine-facts.ts';
import type { LoadFacts } from './measure/machine-facts.ts';
import { planOf } from './plan.ts';
import { reportOf } from './report.ts';
import { writeResults } from './results.ts';
import { startFakes } from './servers/fakes.ts';
import { freePort } from './servers/temporal-server.ts';

const EXIT_USAGE = 64;
const names = Object.keys(PARTS) as (keyof Figures)[];
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    results: { type: 'string', default: path.join(import.meta.dirname, 'results.json') },
    profiles: { type: 'string' },
    conversations: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0 || process.platform !== 'linux') {
  process.stderr.write(
    `npm run bench -- [--short] [--results FILE] [--profiles FOLDER] [--conversations N] [${names.join(' | ')}]…; it reads /proc, so Linux only\n`,
  );
  process.exit(EXIT_USAGE);
}
const wanted = names.filter((name) => positionals.length === 0 || positionals.includes(name));
const report = (line: string) => void process.stderr.write(`${line}\n`);

const folder = mkdtempSync(path.join(tmpdir(), 'mayfly-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
const postgres = await startEmbeddedPostgres({
  dataDir: path.join(folder, 'postgres'),
  port: await freePort(),
  report,
});
process.on('exit', () => postgres.kill());
const fakes = await startFakes(folder);

const { TEMPORAL_ADDRESS: address, BENCH_TEMPORAL_PIDS: pids } = process.env;
const bench: Bench = {
  plan: planOf(options),
  folder,
  postgres,
  fakes,
  temporal: { address: address || undefined, pids },
  profiles: options.profiles,
  report,
};
const known = {
  begunAt: new Date().toISOString(),
  size: options.short ? 'short' : 'full',
  plan: bench.plan,
  temporal: address ? 'given' : 'dev server',
  machine: machineFacts(),
} as const;
const load: Record<string, LoadFacts> = {};
const loadSince = watchLoad();
const figures: Partial<Figures> = {};
for (const name of wanted) {
  report(name);
  const partLoadSince = watchLoad();
  Object.assign(figures, { [name]: await PARTS[name](bench) });
  load[name] = partLoadSince();
  // After each part, so that a run that is ended early leaves what it has.
  writeResults(options.results, { ...known, load: { ...load, all: loadSince() }, figures });
}

const results = { ...known, load: { ...load, all: loadSince() }, figures };
process.stdout.write(reportOf(writeResults(options.results, results)));
await fakes.stop();
await postgres.stop();
process.exit(0);
