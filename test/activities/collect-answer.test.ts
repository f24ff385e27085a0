import { collectAnswer } from '../../activities/collect-answer.ts';
import type { CollectPorts } from '../../activities/collect-answer.ts';

const LIMITS = { quietMs: 1500, maxMs: 6000 };
const STEP_MS = 50;

/** A world with a clock of its own: messages arrive at given times, and the model takes a given time. */
function world(arrivals: Record<string, number>, modelMs: number) {
  let now = 0;
  const asked: { at: number; messages: readonly string[]; aborted: boolean }[] = [];
  const arrived = () => Object.keys(arrivals).filter((message) => (arrivals[message] ?? 0) <= now);
  const wakeUps: (() => void)[] = [];
  const tick = async () => {
    now += STEP_MS;
    for (const wakeUp of wakeUps.splice(0)) wakeUp();
    await Promise.resolve();
  };
  const ports: CollectPorts<string, string> = {
    read: async () => {
      const messages = arrived();
      const times = messages.map((message) => arrivals[message] ?? 0);
      if (messages.length === 0) return null;
      return {
        messages,
        firstAgeMs: now - Math.min(...times),
        lastAgeMs: now - Math.max(...times),
      };
    },
    hasNewer: async ({ messages }) => arrived().length > messages.length,
    isVoid: async () => false,
    ask: async (messages, signal) => {
      const call = { at: now, messages, aborted: false };
      asked.push(call);
      const readyAt = now + modelMs;
      signal.addEventListener('abort', () => {
        call.aborted = now < readyAt;
        for (const wakeUp of wakeUps.splice(0)) wakeUp();
      });
      while (now < readyAt) {
        if (signal.aborted) throw new Error('aborted');
        await new Promise<void>((resolve) => wakeUps.push(resolve));
      }
      return messages.join('+');
    },
    pause: tick,
    now: () => now,
  };
  return { ports, asked, now: () => now };
}

/** Everything from the first look on. */
async function collect(ports: CollectPorts<string, string>) {
  const first = await ports.read();
  return collectAnswer(ports, LIMITS, first!);
}

test('a lone message is asked at once and answered after the quiet time that passed meanwhile', async () => {
  const { ports, asked, now } = world({ a: 0 }, 2000);
  const collected = await collect(ports);
  expect(collected?.answer).toBe('a');
  expect(asked).toHaveLength(1);
  expect(now()).toBe(2000);
});

test('a quick model does not make the answer go out before the time of quiet', async () => {
  const { ports, now } = world({ a: 0 }, 100);
  await collect(ports);
  expect(now()).toBe(LIMITS.quietMs);
});

test('a newer message throws the answer away, and the next one has seen both', async () => {
  const { ports, asked } = world({ a: 0, b: 700 }, 1000);
  const collected = await collect(ports);
  expect(collected?.answer).toBe('a+b');
  expect(asked.map(({ messages }) => messages.join('+'))).toEqual(['a', 'a+b']);
  expect(asked[0]?.aborted).toBe(true);
});

test('after two restarts the model is asked only once it is quiet', async () => {
  const { ports, asked } = world({ a: 0, b: 400, c: 800, d: 1200, e: 1600, f: 2000 }, 1000);
  const collected = await collect(ports);
  expect(collected?.answer).toBe('a+b+c+d+e+f');
  expect(asked).toHaveLength(4);
  expect(asked[3]?.at).toBe(2000 + LIMITS.quietMs);
});

test('an endless stream of messages is answered at the longest wait after the first', async () => {
  const arrivals = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`m${n}`, n * 900]));
  const { ports, asked, now } = world(arrivals, 300);
  const collected = await collect(ports);
  expect(collected?.isOverdue).toBe(true);
  expect(asked.at(-1)?.at).toBeLessThanOrEqual(LIMITS.maxMs + STEP_MS);
  expect(now()).toBeLessThanOrEqual(LIMITS.maxMs + 300 + STEP_MS);
});

test('when everything is taken back meanwhile, nothing is answered', async () => {
  const { ports, asked } = world({ a: 0 }, 100);
  const takenBack = { ...ports, hasNewer: async () => true };
  const first = await ports.read();
  const nothing = { ...takenBack, read: async () => null };
  expect(await collectAnswer(nothing, LIMITS, first!)).toBeNull();
  expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
});

test('a model that fails ends the collecting with its failure', async () => {
  const { ports } = world({ a: 0 }, 100);
  const failing = { ...ports, ask: async () => Promise.reject(new Error('model down')) };
  await expect(collect(failing)).rejects.toThrow('model down');
});

test('a model that fails while newer messages are looked for has failed, and its error is no answer', async () => {
  const { ports } = world({ a: 0 }, 100);
  const failed = Promise.withResolvers<string>();
  const failing: CollectPorts<string, string> = {
    ...ports,
    ask: () => failed.promise,
    hasNewer: async () => {
      failed.reject(new Error('the model failed'));
      await failed.promise.catch(() => undefined);
      return false;
    },
  };
  const waiting = { messages: ['a'], firstAgeMs: 2_000, lastAgeMs: 2_000 };
  await expect(collectAnswer(failing, LIMITS, waiting)).rejects.toThrow('the model failed');
});

test('P-D3: a call whose messages were taken back, or whose person is being erased, is cut off also after the longest wait', async () => {
  const { ports, asked, now } = world({ first: 0 }, 20_000);
  const first = await ports.read();
  let isGone = false;
  const erased = {
    ...ports,
    isVoid: async () => {
      isGone ||= now() > LIMITS.maxMs + 1_000;
      return isGone;
    },
    read: async () => (isGone ? null : ports.read()),
  };
  expect(await collectAnswer(erased, LIMITS, first!)).toBeNull();
  expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
  expect(now()).toBeLessThan(LIMITS.maxMs + 2_000);
});
