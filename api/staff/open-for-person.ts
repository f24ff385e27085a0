import { openRequest } from '../privacy/open-request.ts';
import { NO_MAIL, requestForm } from '../privacy/request-form.ts';
import { answerFieldErrors, readForm } from './answer-form.ts';
import { readLetter } from './read-letter.ts';
import type { StaffHandler } from './staff-door.ts';
import { staffRequestForm } from './staff-forms.ts';
import type { StaffRouteDeps } from './staff-route-deps.ts';

/**
 * Takes in a request that reached staff, as the accounts that it names or as the letter itself. It is answered like one
 * at the public door: a member of staff who asks for a person gets a phrase too, and proves nothing by asking.
 */
export function openForPerson(deps: StaffRouteDeps): StaffHandler {
  return async (request, response, { by }) => {
    const form = readForm(staffRequestForm, request.body, response);
    if (form === null) return;
    const { letter, received_at: receivedAt, ...named } = form;
    const read = letter === undefined ? {} : readLetter(letter);
    if (typeof read === 'string') {
      const detail = `${read}; name instagram, whatsapp or both instead`;
      return answerFieldErrors(response, [{ field: 'letter', detail }]);
    }
    const told = readForm(requestForm, { right: 'erasure', ...read, ...named }, response);
    if (told === null) return;
    const { instagram, whatsapp, reply_to: replyTo } = told;
    if (replyTo !== undefined && deps.mail === 'none')
      return answerFieldErrors(response, [{ field: 'reply_to', detail: NO_MAIL }]);
    const opened = await openRequest(deps, {
      right: 'erasure',
      intake: 'staff',
      contact: { instagram, whatsapp, replyTo },
      takenInBy: by,
      ...(receivedAt === undefined ? {} : { receivedAt }),
    });
    const { requestId, dueAtMs } = opened.input;
    response.status(202).json({
      id: requestId,
      code: opened.code,
      status_url: `${deps.publicUrl}/privacy/requests/${opened.code}`,
      due_at: new Date(dueAtMs).toISOString(),
      understood: opened.understood,
      verification: {
        instruction: `Tell the person to send this phrase, as a message of its own, from each account that they named to our account: ${opened.phrase}`,
        phrase: opened.phrase,
      },
    });
  };
}
