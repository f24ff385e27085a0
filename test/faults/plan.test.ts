import { describePlan, LINKS, PARTS, planOf } from './plan.ts';

test('the same seed gives the same plan, another seed another', () => {
  expect(describePlan(planOf(7))).toEqual(describePlan(planOf(7)));
  expect(describePlan(planOf(7))).not.toEqual(describePlan(planOf(8)));
});

test('every plan has every kind of fault, and everybody writes in nearly all', () => {
  const kinds = [
    'kill',
    'stop',
    'freeze',
    'cut',
    'hold',
    'lose an answer of Meta',
    'break the model',
    'fill the disk',
  ];
  for (let seed = 0; seed < 200; seed += 1) {
    const { faults, messages } = planOf(seed);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(kinds));
    expect(new Set(messages.map(({ author }) => author.name)).size).toBeGreaterThanOrEqual(4);
  }
});

test('over many seeds every part and every link has its turn', () => {
  const faults = Array.from({ length: 200 }, (_, seed) => planOf(seed).faults).flat();
  expect(new Set(faults.flatMap((fault) => ('part' in fault ? [fault.part] : [])))).toEqual(
    new Set(PARTS),
  );
  expect(new Set(faults.flatMap((fault) => ('link' in fault ? [fault.link] : [])))).toEqual(
    new Set(LINKS),
  );
});

test('a plan tells each of its steps in one line', () => {
  const plan = planOf(7);
  const lines = describePlan(plan);
  expect(lines).toHaveLength(1 + plan.messages.length + plan.faults.length);
  expect(lines[0]).toBe('seed 7');
  expect(lines.join('\n')).toContain('kill worker, for ');
});
