/** How large and how long each part is. */
export interface Plan {
  turns: { warmUpSeconds: number; seconds: number; people: number; turnsEach: number };
  latency: {
    warmUpSeconds: number;
    seconds: number;
    perSecond: number;
    modelMs: number;
    people: number;
    turnsEach: number;
  };
  acknowledgement: { seconds: number; perSecond: number; people: number };
  events: { people: number };
  memory: { conversations: number; settleSeconds: number };
  recovery: { people: number };
  erase: { others: readonly number[]; messages: number; survivors: number; times: number };
  purge: { others: readonly number[]; people: number };
}

const FULL: Plan = {
  turns: { warmUpSeconds: 10, seconds: 40, people: 32, turnsEach: 8 },
  latency: {
    ...{ warmUpSeconds: 10, seconds: 60, perSecond: 10 },
    ...{ modelMs: 300, people: 60, turnsEach: 5 },
  },
  acknowledgement: { seconds: 60, perSecond: 300, people: 200 },
  events: { people: 10 },
  // Keys are cached for a minute, so what is left after that is what stays.
  memory: { conversations: 10_000, settleSeconds: 65 },
  recovery: { people: 10 },
  erase: { others: [1_000, 1_000_000], messages: 10_000, survivors: 1_000, times: 5 },
  purge: { others: [1_000, 1_000_000], people: 20_000 },
};

/** For trying the benchmark itself out: its figures mean little. */
const SHORT: Plan = {
  turns: { warmUpSeconds: 1, seconds: 3, people: 8, turnsEach: 4 },
  latency: {
    ...{ warmUpSeconds: 1, seconds: 4, perSecond: 5 },
    ...{ modelMs: 300, people: 10, turnsEach: 3 },
  },
  acknowledgement: { seconds: 2, perSecond: 50, people: 4 },
  events: { people: 2 },
  memory: { conversations: 60, settleSeconds: 1 },
  recovery: { people: 2 },
  erase: { others: [100], messages: 50, survivors: 20, times: 2 },
  purge: { others: [100], people: 64 },
};

/** `conversations` is how many are held in the memory part: ten thousand twice take a while on a small machine. */
export function planOf({
  short,
  conversations,
}: {
  short: boolean;
  conversations?: string | undefined;
}): Plan {
  const plan = short ? SHORT : FULL;
  if (conversations === undefined) return plan;
  return { ...plan, memory: { ...plan.memory, conversations: Number(conversations) } };
}
