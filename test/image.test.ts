import { existsSync, readFileSync } from 'node:fs';

const COPIED = /^COPY (\S+) \1$/gm;

const folders = [...readFileSync('Dockerfile', 'utf8').matchAll(COPIED)].map(
  ([, name = '']) => name,
);
const allowed = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));

/** What the two processes, the migrations and the operator's commands are made of. */
const SHIPPED = [
  'domain',
  'lib',
  'store',
  'workflows',
  'activities',
  'api',
  'worker',
  'verify',
  'backup',
  'migrations',
];

test('P-S4: the image carries what runs in production, and nothing that npm start alone needs', () => {
  expect(folders.toSorted()).toEqual(SHIPPED.toSorted());
  expect(allowed.filter((name) => !name.includes('.')).toSorted()).toEqual(SHIPPED.toSorted());
  expect(folders.filter((name) => !existsSync(name))).toEqual([]);
});
