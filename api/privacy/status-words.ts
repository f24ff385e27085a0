import type { RequestState } from '../../domain/privacy-request.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import type { FoundRequest } from '../../store/requests/request-status.ts';
import { pageTime } from './page-time.ts';

/** What a state means for the person, and what happens next. */
export interface Words {
  now: string;
  next: Html | string;
  tone: '' | 'good' | 'bad';
}

const ASK_AGAIN = html`<a href="/privacy/deletion">ask again</a>`;

const WORDS: Record<RequestState, Words> = {
  received: { now: 'Received', next: 'Next we ask you to confirm that it is you.', tone: '' },
  'confirm it is you': {
    now: 'Waiting for you',
    next: html`Send the phrase that you were given, as a message of its own, from each account that
    you named. Until then nothing is deleted. If you do not have it any more, ${ASK_AGAIN}: a
    request without a phrase does no harm.`,
    tone: '',
  },
  working: {
    now: 'Deleting',
    next: 'This takes moments to minutes. You do not have to do anything.',
    tone: '',
  },
  'erased here': {
    now: 'Deleted here',
    next: 'Everything that we held of the accounts below is gone. The certificate follows in a moment.',
    tone: 'good',
  },
  'waiting for others': {
    now: 'Deleted here, and waiting for others',
    next: 'Everything that we held of the accounts below is gone. What others still keep for a while is listed below, with the day on which it is gone as well.',
    tone: 'good',
  },
  finished: {
    now: 'Finished',
    next: 'Everything that we held of the accounts below is gone, and nothing more happens.',
    tone: 'good',
  },
  refused: {
    now: 'Refused',
    next: html`Nothing was deleted, for the reason below. You can ${ASK_AGAIN}, write to us, or turn
    to a data protection authority.`,
    tone: 'bad',
  },
  withdrawn: {
    now: 'Taken back',
    next: html`This request was taken back, and nothing was deleted. You can ${ASK_AGAIN}.`,
    tone: '',
  },
  'not verified': {
    now: 'Not confirmed in time',
    next: html`Nobody sent the phrase from the account that this request names, so nothing was
    deleted. You can ${ASK_AGAIN} at any time.`,
    tone: 'bad',
  },
  'nothing found': {
    now: 'Nothing found',
    next: 'We hold nothing that belongs to this request.',
    tone: 'good',
  },
};

const HELD = 'Held by law';

/** The name of a step. What is held is not being deleted, although its turn has come. */
export function nameOf(state: RequestState, hold: FoundRequest['hold']): string {
  return state === 'working' && hold !== null ? HELD : WORDS[state].now;
}

/** Where the request stands; a request of several accounts may be done for one and not for another. */
export function wordsFor(request: FoundRequest, isPhraseShown: boolean): Words {
  const { state, accounts, withdrawn_at: withdrawnAt, steps } = request;
  if (withdrawnAt !== null) return WORDS.withdrawn;
  if (request.hold !== null) return heldWords(request.hold);
  const hasBegun = steps.some(({ name }) => name === 'working');
  if (state === 'confirm it is you' && hasBegun) {
    return {
      now: 'Deleted for one account, waiting for another',
      next: 'What belongs to the account that you sent the phrase from is gone. Send it from the other one as well; if you do not, this is answered at the due time as it is.',
      tone: '',
    };
  }
  if (isPhraseShown) return { ...WORDS['confirm it is you'], next: 'One step is left.' };
  const isInPart = accounts.some(({ provenAt }) => provenAt === null);
  if (!isInPart || WORDS[state].tone !== 'good') return WORDS[state];
  return {
    ...WORDS[state],
    now: `${WORDS[state].now}, for the accounts that were confirmed`,
    next: html`What we held of them is gone. The others were never confirmed, and nothing of theirs
    was deleted. You can ${ASK_AGAIN} for them.`,
  };
}

function heldWords({ until, reason }: NonNullable<FoundRequest['hold']>): Words {
  return {
    now: HELD,
    next: html`What belongs to this request is not deleted yet, because the law makes us keep it
    (${reason}). It is used for nothing else: no assistant reads it, and nobody answers from it. It
    is held until ${pageTime(until)} at the latest, and is then deleted by itself. If you do not
    agree, write to us, or turn to a data protection authority.`,
    tone: 'bad',
  };
}
