import { ModelFailure } from './model-failure.ts';
import type { ModelFailureKind } from './model-failure.ts';
import type { ReplyModel } from './reply-model.ts';

/** What is wrong with our own settings or account at the provider: no request can pass until a person changes something. */
const OWN_FAULTS = ['misconfigured', 'quota exhausted'] as const satisfies ModelFailureKind[];
export type OwnFault = (typeof OWN_FAULTS)[number];

export function ownFaultOf({ kind }: ModelFailure): OwnFault | null {
  return OWN_FAULTS.find((fault) => fault === kind) ?? null;
}

/** This many tries follow each other at once; after that the pause between two grows, up to half a minute. */
const AT_ONCE = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export interface BreakerDeps {
  now: () => number;
  /** Called when the fault is first met, and with null once replies come again. */
  onFault: (fault: OwnFault | null) => void;
}

/** Since when nothing passes, and why. */
interface Broken {
  kind: OwnFault;
  failures: number;
  failedAt: number;
}

/**
 * Keeps everybody from asking the model in vain: while its key or account is refused, one request at a time finds out
 * whether that has been mended, and the others wait for what it finds. The next message tries again, so that nobody is
 * left without an answer after the fault; and a fault that lasts costs two calls a minute, however many people write.
 */
export function guardModel(model: ReplyModel, { now, onFault }: BreakerDeps): ReplyModel {
  let broken: Broken | null = null;
  let probe: Promise<OwnFault | null> | null = null;

  function learn(fault: OwnFault | null, known: number): void {
    if (fault === null) {
      if (broken !== null) onFault(null);
      broken = null;
      return;
    }
    if (broken === null) onFault(fault);
    // Requests that were under way together have found one fault, not many.
    if (broken !== null && broken.failures !== known) return;
    broken = { kind: fault, failures: known + 1, failedAt: now() };
  }

  const ask: ReplyModel['writeReply'] = async (request, signal) => {
    const known = broken?.failures ?? 0;
    try {
      const reply = await model.writeReply(request, signal);
      learn(null, known);
      return reply;
    } catch (error) {
      const fault = error instanceof ModelFailure ? ownFaultOf(error) : null;
      if (fault !== null) learn(fault, known);
      throw error;
    }
  };

  const tryOut: ReplyModel['writeReply'] = async (request, signal) => {
    const asking = ask(request, signal);
    probe = asking.then(
      () => null,
      (error: unknown) => (error instanceof ModelFailure ? ownFaultOf(error) : null),
    );
    try {
      return await asking;
    } finally {
      probe = null;
    }
  };

  return {
    async writeReply(request, signal) {
      if (broken !== null && probe !== null) {
        const found = await eitherEnds(probe, signal);
        if (signal.aborted) throw new ModelFailure('aborted');
        if (found !== null) throw new ModelFailure(found);
      }
      if (broken === null) return ask(request, signal);
      // One wait is enough: text leaves within the time that two calls take, or not at all.
      if (probe !== null || now() < broken.failedAt + waitAfter(broken.failures))
        throw new ModelFailure(broken.kind);
      return tryOut(request, signal);
    },
  };
}

function waitAfter(failures: number): number {
  if (failures < AT_ONCE) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - AT_ONCE), LONGEST_WAIT_MS);
}

/** What the probe finds, or null once the signal is aborted. */
async function eitherEnds<Found>(
  probe: Promise<Found>,
  signal: AbortSignal,
): Promise<Found | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const give = () => resolve(null);
  if (signal.aborted) give();
  signal.addEventListener('abort', give);
  try {
    return await Promise.race([probe, promise]);
  } finally {
    signal.removeEventListener('abort', give);
  }
}
