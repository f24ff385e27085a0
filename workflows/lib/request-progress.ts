import { proxyActivities, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { RequestActivities } from '../../activities/request-activities.ts';
import type { Clock, RequestEnd, RequestInput, RequestState } from '../../domain/privacy-request.ts';
import { UNTIL_IT_WORKS } from './activity-options.ts';

const { recordState, closeRequest } = proxyActivities<RequestActivities>({
  startToCloseTimeout: '30 seconds',
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

  constructor(request: RequestInput) {
    this.#request = request;
    upsertSearchAttributes([
      { key: RIGHT, value: request.right },
      { key: INTAKE, value: request.intake },
      { key: DUE_AT, value: new Date(request.dueAtMs) },
    ]);
    this.#show();
  }

  /** Set before the step that it names. */
  async is(state: RequestState): Promise<void> {
    this.#state = state;
    this.#show();
    await recordState({ requestId: this.#request.requestId, state });
  }

  clockIs(clock: Clock): void {
    this.#clock = clock;
    this.#show();
  }

  /** The last state: the contact data of whoever asked goes with it, however the request ended. */
  async ends(end: RequestEnd, reason: string | null = null): Promise<RequestEnd> {
    await this.is(end);
    await closeRequest({ requestId: this.#request.requestId, reason });
    return end;
  }

  #show(): void {
    upsertSearchAttributes([
      { key: STATE, value: this.#state },
      { key: CLOCK, value: this.#clock },
    ]);
    const due = new Date(this.#request.dueAtMs).toISOString();
    setCurrentDetails(
      `**${this.#request.right}**, ${this.#request.intake}\n\n- state: ${this.#state}\n- due: ${due}\n- clock: ${this.#clock}`,
    );
  }
}
