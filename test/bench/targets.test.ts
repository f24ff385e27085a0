import type { LatencyFigures } from '../../bench/parts/latency.ts';
import { checkTargets } from '../../bench/targets.ts';

const summary = (p50: number, p99: number) => ({ count: 100, p50, p95: p99, p99, max: p99 });
const latency = (p50: number, p99: number, unanswered = 0): LatencyFigures => ({
  addedMs: summary(p50, p99),
  addedMsOfFirst: null,
  addedMsOfOthers: null,
  beforeModelMs: null,
  afterModelMs: null,
  acknowledgementMs: null,
  senderLateMs: null,
  unanswered,
  unexpected: 0,
});
const all = (mayfly: LatencyFigures) => ({
  latency: { mayfly, 'usual Temporal': latency(1, 1), 'plain Express': latency(1, 1) },
});
const outcome = (figures: Parameters<typeof checkTargets>[0]) =>
  checkTargets(figures).map(({ isMet }) => isMet);

test('a limit is met when it is reached exactly, and missed by the smallest excess', () => {
  expect(outcome(all(latency(40, 120)))).toEqual([true, true, true]);
  expect(outcome(all(latency(40.1, 120.1)))).toEqual([false, false, true]);
});

test('a message without an answer is a miss, however fast the others were', () => {
  expect(outcome(all(latency(1, 1, 1)))).toEqual([true, true, false]);
});

test('what was not measured is no target, and what measured nothing is missed', () => {
  expect(checkTargets({})).toEqual([]);
  const nothing = { ...latency(1, 1), addedMs: null };
  expect(checkTargets(all(nothing)).map(({ measured }) => measured)).toEqual([
    'nothing',
    'nothing',
    '0',
  ]);
});
