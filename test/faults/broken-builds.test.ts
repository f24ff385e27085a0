import { BROKEN_BUILDS, buildOf } from './broken-builds.ts';
import { tryBuild } from './try-build.ts';

test('the build as it is passes every check that is to find a defect', async () => {
  const scenarios = new Set(BROKEN_BUILDS.map(({ scenario }) => scenario));
  expect(await tryBuild([], [...scenarios])).toEqual([]);
}, 180_000);

test.each(BROKEN_BUILDS)(
  'a build with $name is caught by the check "$check"',
  async ({ patches, scenario, check }) => {
    const problems = await tryBuild(patches, [scenario]);
    expect(problems.filter((line) => line.startsWith(`${check}: `))).not.toEqual([]);
  },
  120_000,
);

test('a patch that does not fit is an error, and not a build that passes', () => {
  const patches = [{ file: 'activities/gate.ts', from: 'no such line', to: '' }];
  expect(() => buildOf(patches)).toThrow('activities/gate.ts has 0 times what is to be broken');
});
