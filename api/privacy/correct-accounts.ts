import { html } from '../../lib/html.ts';
import { correctAccounts } from '../../store/requests/correct-accounts.ts';
import type { CorrectionResult } from '../../store/requests/correct-accounts.ts';
import { inTransaction } from '../../store/transaction.ts';
import { refuse } from '../http/refuse.ts';
import { errorsOf, requestForm } from './request-form.ts';
import type { RequestRouteDeps } from './request-route-deps.ts';
import { isSameOrigin } from '../http/same-origin.ts';
import { sendStatus } from './send-status.ts';
import type { CodeHandler } from './send-status.ts';
import { tellOrLeave } from './tell-or-leave.ts';
import { wantsPage } from '../http/wants-page.ts';

const OBSTACLES: Readonly<Record<Exclude<CorrectionResult, 'corrected'>, string>> = {
  'not open': 'This request waits for no account any more that could be corrected.',
  'confirmed already': 'One of these accounts is confirmed already, and cannot be changed.',
  'too often': 'This request was corrected often enough. Make another one for other accounts.',
};

/** `POST …/accounts`: the person corrects which accounts they mean, for as long as those are not confirmed. */
export function correct(deps: RequestRouteDeps): CodeHandler {
  return async (request, response, found, code) => {
    const wayBack = html`<p><a href="/privacy/requests/${code}">Back to your request</a></p>`;
    const no = (status: number, title: string, detail: string) =>
      refuse(deps.site, request, response, { status, title, detail }, wayBack);
    if (!isSameOrigin(request, deps.publicUrl))
      return no(403, 'Not from here', 'Use the form on the status page.');
    const body: unknown = request.body;
    const form = requestForm.safeParse(
      typeof body === 'object' && body !== null ? { ...body, right: 'erasure' } : {},
    );
    if (!form.success) {
      const errors = errorsOf(form.error);
      if (wantsPage(request))
        return sendStatus(deps, response.status(422), { found, code, errors });
      const detail = errors.map(({ field, detail: what }) => `${field}: ${what}`).join('; ');
      const problem = { type: 'about:blank', title: 'Not understood', status: 422, detail, errors };
      response.status(422).type('application/problem+json').send(JSON.stringify(problem));
      return;
    }
    const { instagram, whatsapp } = form.data;
    const result = await inTransaction(deps.db, (trx) =>
      correctAccounts(trx, deps.people, { requestId: found.id, named: { instagram, whatsapp } }),
    );
    if (result !== 'corrected') return no(409, 'Not possible', OBSTACLES[result]);
    await tellOrLeave(deps, found.id, 'confirmed');
    if (wantsPage(request)) response.redirect(303, `/privacy/requests/${code}`);
    else {
      const understood = { instagram: instagram ?? null, whatsapp: whatsapp ?? null };
      response.json({ state: 'corrected', understood });
    }
  };
}
