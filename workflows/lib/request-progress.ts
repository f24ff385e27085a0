import { proxyActivities, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { RequestActivities } from '../../activities/request-activities.ts';
import { REQUEST_ENDS } from '../../domain/privacy-request.ts';
import type {
  Clock,
  RequestEnd,
  RequestInput,
  RequestState,
  RequestWork,
} from '../../domain/privacy-request.ts';
import type { AccountStanding } from '../../domain/request-accounts.ts';
import { PATIENT_HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './activity-options.ts';
import { mailPerson } from './mail-person.ts';

const { recordState, closeRequest } = proxyActivities<RequestActivities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: UNTIL_IT_WORKS,
});

const RIGHT = defineSearchAttributeKey('PrivacyRight', SearchAttributeType.KEYWORD);
const STATE = defineSearchAttributeKey('PrivacyState', SearchAttributeType.KEYWORD);
const DUE_AT = defineSearchAttributeKey('PrivacyDueAt', SearchAttributeType.DATETIME);
const CLOCK = defineSearchAttributeKey('PrivacyClock', SearchAttributeType.KEYWORD);
const INTAKE = defineSearchAttributeKey('PrivacyIntake', SearchAttributeType.KEYWORD);

/** Shows where a request stands, wherever someone looks: its row, Temporal's list, and the details in Temporal's UI. */
export class RequestProgress {
  readonly #request: RequestInput;
  #state: RequestState = 'received';
  #clock: Clock = 'on time';
  #work: RequestWork | null = null;

  constructor(request: RequestInput) {
    this.#request = request;
    upsertSearchAttributes([
      { key: RIGHT, value: request.right },
      { key: INTAKE, value: request.intake },
      { key: DUE_AT, value: new Date(request.dueAtMs) },
      ...this.#attributes(),
    ]);
    this.#showDetails();
  }

  /** Nobody but the person can be waited for, or their answer is being given at this moment. */
  get waitsForPerson(): boolean {
    return this.#state === 'confirm it is you' || REQUEST_ENDS.some((end) => end === this.#state);
  }

  /** Set before the step that it names. */
  async is(state: RequestState): Promise<void> {
    if (state === this.#state) return;
    this.#stands(state);
    await recordState({ requestId: this.#request.requestId, state });
  }

  /** What was found; when there is someone to erase, the row says already that it is being worked on. */
  found(work: RequestWork): void {
    this.#work = work;
    const hasBegun = work.subjectIds.length > 0 || work.heldUntilMs > 0;
    if (hasBegun && !work.isWithdrawn && !work.isRefused) this.#stands('working');
    else this.#showDetails();
  }

  clockIs(clock: Clock): void {
    this.#clock = clock;
    upsertSearchAttributes(this.#attributes());
    this.#showDetails();
  }

  /** The last state: the contact data of the person who asked goes with it, however the request ended. */
  async ends(end: RequestEnd, reason: string | null = null): Promise<RequestEnd> {
    await this.is(end);
    // Those who were erased have been told before the rest was waited for.
    if (end !== 'finished') await mailPerson(this.#request.requestId, end);
    await closeRequest({ requestId: this.#request.requestId, reason });
    return end;
  }

  #stands(state: RequestState): void {
    this.#state = state;
    upsertSearchAttributes(this.#attributes());
    this.#showDetails();
  }

  #attributes() {
    return [
      { key: STATE, value: this.#state },
      { key: CLOCK, value: this.#clock },
    ];
  }

  #showDetails(): void {
    const { right, intake, dueAtMs } = this.#request;
    const lines = [
      `state: ${this.#state}`,
      `clock: ${this.#clock}`,
      `due: ${new Date(dueAtMs).toISOString()}`,
      ...(this.#work === null ? [] : [...accountsOf(this.#work), ...holdOf(this.#work)]),
    ];
    setCurrentDetails(`**${right}**, ${intake}\n\n${lines.map((line) => `- ${line}`).join('\n')}`);
  }
}

function holdOf({ heldUntilMs }: RequestWork): string[] {
  return heldUntilMs > 0 ? [`held: until ${new Date(heldUntilMs).toISOString()}`] : [];
}

function accountsOf({ accounts = [] }: RequestWork): string[] {
  const isConfirmed = ({ state }: AccountStanding) =>
    state !== 'waiting' && state !== 'never confirmed';
  const [confirmed, erased] = [
    accounts.filter(isConfirmed),
    accounts.filter(({ state }) => state === 'erased'),
  ];
  return [
    `accounts: ${accounts.length} named, ${confirmed.length} confirmed, ${erased.length} erased`,
    ...accounts.map(({ channel, state }) => `${channel}: ${state}`),
  ];
}
