import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ERASURE_FAIL_POINTS, FAIL_POINTS } from '../../lib/fail-point.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const program = path.join(folder, 'program.mjs');
const lib = path.resolve(import.meta.dirname, '../../lib/fail-point.ts');

// Passes every point twice and tells each pass; once more when it is sent something, if it is to wait for that.
writeFileSync(
  program,
  `import { ERASURE_FAIL_POINTS, FAIL_POINTS, failPoint } from ${JSON.stringify(lib)};
  const points = [...FAIL_POINTS, ...ERASURE_FAIL_POINTS];
  const pass = () => {
    for (const point of [...points, ...points]) {
      process.stdout.write(point + '\\n');
      failPoint(point);
    }
  };
  pass();
  const again = () => {
    pass();
    process.exit(0);
  };
  if (process.argv[2] === 'wait') process.on('message', again);
  else process.disconnect();`,
);

const points = [...FAIL_POINTS, ...ERASURE_FAIL_POINTS];
const twice = [...points, ...points];

function start(environment: Record<string, string>, argument = ''): ChildProcess {
  return fork(program, [argument], {
    env: { PATH: process.env['PATH'], ...environment },
    silent: true,
  });
}

async function run(environment: Record<string, string>) {
  return endOf(start(environment));
}

async function endOf(child: ChildProcess) {
  let output = '';
  child.stdout?.on('data', (bytes) => (output += bytes));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, passed: output.trim().split('\n') };
}

test('without the variable a process passes every point', async () => {
  expect(await run({})).toEqual({ code: 0, signal: null, passed: twice });
  expect(await run({ MAYFLY_FAIL_POINT: '' })).toEqual({ code: 0, signal: null, passed: twice });
});

test('a process that was started to end at a point is killed there, and writes nothing more', async () => {
  const passed = twice.slice(0, twice.indexOf('after send') + 1);
  expect(await run({ MAYFLY_FAIL_POINT: 'after send' })).toEqual({
    code: null,
    signal: 'SIGKILL',
    passed,
  });
});

test('with a number it is killed at that pass', async () => {
  const passed = twice.slice(0, points.length + points.indexOf('before read') + 1);
  expect(await run({ MAYFLY_FAIL_POINT: 'before read:2' })).toEqual({
    code: null,
    signal: 'SIGKILL',
    passed,
  });
  expect((await run({ MAYFLY_FAIL_POINT: 'before read:3' })).signal).toBeNull();
});

test.each(['after tea', 'after send:0', 'after send:x', ':1'])(
  'a point that does not exist (%s) is no start at all',
  async (value) => {
    const { code, passed } = await run({ MAYFLY_FAIL_POINT: value });
    expect({ code, passed }).toEqual({ code: 1, passed: [''] });
  },
);

test('a process that waits to be told is killed where its parent says', async () => {
  const child = start({ MAYFLY_FAIL_POINT: 'told' }, 'wait');
  const end = endOf(child);
  child.send('before draft');
  const { signal, passed } = await end;
  expect(signal).toBe('SIGKILL');
  expect(passed.slice(twice.length).at(-1)).toBe('before draft');
});

test('without the variable a process cannot be told anything', async () => {
  const child = start({}, 'wait');
  const end = endOf(child);
  child.send('before draft');
  expect(await end).toEqual({ code: 0, signal: null, passed: [...twice, ...twice] });
});
