import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Results } from '../../bench/results.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const file = join(temporaryFolder(), 'results.json');
const scratch = temporaryFolder();

test('the benchmark floods the real processes, writes what it measured, and leaves nothing behind', async () => {
  const { TEMPORAL_ADDRESS: _, ...environment } = process.env;
  const args = ['bench/main.ts', '--short', '--results', file, 'acknowledgement', 'erase', 'purge'];
  const { stdout } = await run(process.execPath, args, {
    env: { ...environment, TMPDIR: scratch },
  });

  const { machine, load, figures, targets } = JSON.parse(readFileSync(file, 'utf8')) as Results;
  expect(machine).toMatchObject({ cores: expect.any(Number), node: process.version });
  expect(load['all']).toMatchObject({
    loadAverage: [expect.any(Number), expect.any(Number)],
    foreignShare: expect.any(Number),
  });
  expect(Object.keys(figures)).toEqual(['acknowledgement', 'erase', 'purge']);
  expect(figures.erase?.['among 100']).toMatchObject({ rowsGoneMs: { count: 2 } });
  expect(figures.purge?.['among 100, 1 each']).toMatchObject({ people: 64 });
  for (const flood of Object.values(figures.acknowledgement ?? {})) {
    // A crowded machine may refuse some; what is measured must still add up.
    expect(flood).toMatchObject({ secondsUntilAllAnswered: expect.any(Number) });
    expect(flood?.webhooks).toBeGreaterThan(50);
    expect((flood?.acknowledgementMs?.count ?? 0) + (flood?.refused ?? 0)).toBeGreaterThan(50);
  }
  for (const { name } of targets) expect(stdout).toContain(name);
  expect(readdirSync(scratch)).toEqual([]);
}, 120_000);

test('a part that does not exist is told, with those that do', async () => {
  const failing = run(process.execPath, ['bench/main.ts', 'speed']);
  await expect(failing).rejects.toMatchObject({
    code: 64,
    stderr: expect.stringContaining('turns | latency'),
  });
});
