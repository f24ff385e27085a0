/** Times in milliseconds: how long it must be quiet before an answer goes out, and how long the first message may wait for that. */
export interface CollectLimits {
  quietMs: number;
  maxMs: number;
}

/** How often a newer message may throw away the answer that is being written; after that, quiet comes first. */
const RESTARTS = 2;

export interface Waiting<Message> {
  messages: readonly Message[];
  /** How long ago the first and the last of them arrived. */
  firstAgeMs: number;
  lastAgeMs: number;
}

export interface CollectPorts<Message, Answer> {
  /** Every message that waits for an answer, or null when none does. */
  read(): Promise<Waiting<Message> | null>;
  hasNewer(than: Waiting<Message>): Promise<boolean>;
  /** Whether no answer to these messages is one any more: one was edited or taken back, or the person is being erased. */
  isVoid(messages: Waiting<Message>): Promise<boolean>;
  ask(messages: readonly Message[], signal: AbortSignal): Promise<Answer>;
  pause(): Promise<void>;
  now(): number;
}

export interface Collected<Message, Answer> {
  waiting: Waiting<Message>;
  answer: Answer;
  /** The longest wait has passed: the answer goes out although newer messages may wait; they get the next one. */
  isOverdue: boolean;
}

/**
 * Asks the model at once, and again with everything when a newer message arrives meanwhile. The answer is handed back
 * only after a time of quiet, which passes while the model works: a lone message is not delayed by it. `first` is what
 * waits at the start; null is handed back when nothing does any more.
 */
export async function collectAnswer<Message, Answer>(
  ports: CollectPorts<Message, Answer>,
  limits: CollectLimits,
  first: Waiting<Message>,
): Promise<Collected<Message, Answer> | null> {
  let waiting: Waiting<Message> | null = first;
  for (let restarts = 1; waiting !== null; restarts += 1) {
    const answer = await askUnlessNewer(ports, waiting, limits);
    if (answer !== 'overtaken') return { waiting, ...answer };
    waiting = restarts > RESTARTS ? await readWhenQuiet(ports, limits) : await ports.read();
  }
  return null;
}

async function askUnlessNewer<Message, Answer>(
  ports: CollectPorts<Message, Answer>,
  waiting: Waiting<Message>,
  limits: CollectLimits,
): Promise<{ answer: Answer; isOverdue: boolean } | 'overtaken'> {
  const startedAt = ports.now();
  const call = new AbortController();
  let settled: { answer: Answer } | { error: unknown } | undefined;
  const asking = ports.ask(waiting.messages, call.signal).then(
    (answer) => void (settled = { answer }),
    (error: unknown) => void (settled = { error }),
  );
  try {
    for (;;) {
      const passedMs = ports.now() - startedAt;
      const isOverdue = waiting.firstAgeMs + passedMs >= limits.maxMs;
      const isOvertaken = isOverdue ? await ports.isVoid(waiting) : await ports.hasNewer(waiting);
      if (isOvertaken) return 'overtaken';
      // After the look and not before it: the model may have failed meanwhile, and an error is no answer.
      if (settled !== undefined && 'error' in settled) throw settled.error;
      const isQuiet = waiting.lastAgeMs + passedMs >= limits.quietMs;
      if (settled !== undefined && (isQuiet || isOverdue)) return { ...settled, isOverdue };
      await Promise.race([ports.pause(), ...(settled === undefined ? [asking] : [])]);
    }
  } finally {
    // Whatever ends the waiting, no call to the model outlives it.
    call.abort();
    await asking;
  }
}

async function readWhenQuiet<Message, Answer>(
  ports: CollectPorts<Message, Answer>,
  limits: CollectLimits,
): Promise<Waiting<Message> | null> {
  for (;;) {
    const waiting = await ports.read();
    if (waiting === null) return null;
    if (waiting.lastAgeMs >= limits.quietMs || waiting.firstAgeMs >= limits.maxMs) return waiting;
    await ports.pause();
  }
}
