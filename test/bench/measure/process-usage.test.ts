import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuSeconds, residentBytes } from '../../../bench/measure/process-usage.ts';

/** Until it has used 0.3 s itself, however busy the machine is. */
const BUSY = 'while (process.cpuUsage().user < 300_000);';

test('what a process started counts as its own, while it runs and after it has ended', async () => {
  const script = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(BUSY)}]);
    process.stdout.write('done'); setTimeout(() => {}, 60_000);`;
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const before = cpuSeconds({ test: process.pid })['test'] ?? 0;
  await once(parent.stdout, 'data');
  const { parent: used = 0 } = cpuSeconds({ parent: parent.pid ?? 0 });
  expect(used).toBeGreaterThan(0.25);
  expect(cpuSeconds({ test: process.pid })['test']).toBeGreaterThanOrEqual(before + used - 0.05);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test('a process that is gone counts nothing', () => {
  expect(cpuSeconds({ gone: 2 ** 22 + 1 })).toEqual({ gone: 0 });
});

test('resident memory grows by what is held', () => {
  const before = residentBytes(process.pid);
  const held = Buffer.alloc(64 * 1024 ** 2, 1);
  expect(residentBytes(process.pid) - before).toBeGreaterThan(32 * 1024 ** 2);
  expect(held.at(-1)).toBe(1);
});
