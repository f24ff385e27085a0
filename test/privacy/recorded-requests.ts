import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { RequestActivities } from '../../activities/request-activities.ts';
import { CHANNELS } from '../../domain/channels.ts';
import type { AccountStanding } from '../../domain/request-accounts.ts';
import type { RequestWork } from '../../domain/privacy-request.ts';

/** One call of an activity: when the server scheduled it, in ms since 1970, and what it was called with. */
export interface Call {
  name: keyof RequestActivities;
  atMs: number;
  input: Record<string, unknown>;
}

/** What the database would know of a request, and what the workflow did to it. */
export interface RecordedRequest {
  channelsNamed: number;
  confirmed: string[];
  erased: string[];
  isWithdrawn: boolean;
  isAnswered: boolean;
  isRefused: boolean;
  lastForeignCopyMs: number;
  /** Until when a legal hold keeps those who are confirmed, in ms since 1970, and who are let go all the same. */
  heldUntilMs: number;
  notHeld: string[];
  /** The first erasure fails, and is tried again after so long. */
  isStuckForMs: number;
  /** Done after a look has read what is known, and before the workflow is told. */
  duringLook?: (() => Promise<unknown>) | undefined;
  calls: Call[];
}

export function newRecord(facts: Partial<RecordedRequest> = {}): RecordedRequest {
  return {
    channelsNamed: 1,
    confirmed: [],
    erased: [],
    isWithdrawn: false,
    isAnswered: false,
    isRefused: false,
    lastForeignCopyMs: 0,
    heldUntilMs: 0,
    notHeld: [],
    isStuckForMs: 0,
    calls: [],
    ...facts,
  };
}

/** The activities of a request as plain functions over such records. */
export function recordingActivities(
  records: ReadonlyMap<string, RecordedRequest>,
): RequestActivities {
  function recorded<Input extends { requestId: string }, Output>(
    name: keyof RequestActivities,
    act: (record: RecordedRequest, input: Input) => Output | Promise<Output>,
  ) {
    return async (input: Input): Promise<Output> => {
      const record = records.get(input.requestId);
      if (record === undefined) throw ApplicationFailure.nonRetryable('an unknown request');
      record.calls.push({
        name,
        atMs: activityInfo().currentAttemptScheduledTimestampMs,
        input: { ...input },
      });
      return act(record, input);
    };
  }
  const nothing = () => undefined;
  return {
    recordState: recorded('recordState', nothing),
    beginWork: recorded('beginWork', async (record) => {
      const work = workOf(record, activityInfo().currentAttemptScheduledTimestampMs);
      await record.duringLook?.();
      return work;
    }),
    eraseSubject: recorded('eraseSubject', (record, { subjectId }) => {
      const { isStuckForMs } = record;
      record.isStuckForMs = 0;
      if (isStuckForMs > 0)
        throw ApplicationFailure.create({ message: 'stuck', nextRetryDelay: isStuckForMs });
      record.erased.push(subjectId);
    }),
    certify: recorded('certify', nothing),
    tellPerson: recorded('tellPerson', nothing),
    mailPerson: recorded('mailPerson', nothing),
    forgetContact: recorded('forgetContact', (record) => void (record.isAnswered = true)),
    closeRequest: recorded('closeRequest', nothing),
    alertStaff: recorded('alertStaff', nothing),
    recordMiss: recorded('recordMiss', nothing),
  };
}

function workOf(record: RecordedRequest, nowMs: number): RequestWork {
  const {
    isWithdrawn,
    isAnswered,
    isRefused,
    channelsNamed,
    lastForeignCopyMs,
    confirmed,
    erased,
  } = record;
  const waiting = confirmed.filter((id) => !erased.includes(id));
  const isHeld = (id: string) => record.heldUntilMs > nowMs && !record.notHeld.includes(id);
  const subjectIds = waiting.filter((id) => !isHeld(id));
  return {
    isWithdrawn,
    isAnswered,
    isRefused,
    channelsNamed,
    lastForeignCopyMs,
    subjectIds,
    heldUntilMs: waiting.some(isHeld) ? record.heldUntilMs : 0,
    proven: erased.length,
    accounts: CHANNELS.slice(0, channelsNamed).map((channel, index) => ({
      channel,
      state:
        ['erased', 'proven'][index < erased.length ? 0 : index < confirmed.length ? 1 : 2] ??
        'waiting',
    })) as AccountStanding[],
  };
}
